/** For the unit tests, which have no browser: modules that look at their page when they are loaded
 * find an empty one. All files are tested in one thread, so that none leaves its clock behind. */

import { afterEach, vi } from "vitest";

Object.assign(globalThis, { document: { querySelector: () => null } });
afterEach(() => {
  vi.useRealTimers();
});
