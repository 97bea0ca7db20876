/** Something that happens on the page, told to all who listen, in the order in which they came. */
export class Signal<Told extends unknown[] = []> {
  private readonly listeners: ((...told: Told) => void)[] = [];

  listen(listener: (...told: Told) => void): void {
    this.listeners.push(listener);
  }

  send(...told: Told): void {
    for (const listener of this.listeners) listener(...told);
  }
}
