/** The microphone of this terminal, its level, and a screen that stays on meanwhile. */

const KINDS = ["audio/webm;codecs=opus", "audio/mp4"];
const PIECE_MS = 5000;
const BITS_PER_SECOND = 64_000;
const LEVEL_MS = 100;
/** The samples that are looked at: longer than LEVEL_MS at any usual rate, so that no sound is missed. */
const LEVEL_SAMPLES = 16_384;
/** Below this (decibels of full scale) a meter shows nothing. */
const SILENCE_DB = -60;
/** How far the meter falls in one LEVEL_MS: a short loud sound stays to be seen. */
const FALL = 5;
/** Nothing is played: a terminal without loudspeakers measures levels as well. */
const NO_OUTPUT = { sinkId: { type: "none" } } as AudioContextOptions;

export const isPossible = () =>
  Boolean(navigator.mediaDevices && "MediaRecorder" in window && kind());

const kind = () => KINDS.find((type) => MediaRecorder.isTypeSupported(type));

export interface Heard {
  piece(content: ArrayBuffer, seconds: number): void;
  /** From 0 to 100. */
  level(value: number): void;
  /** By `stop`, or because the microphone is gone. */
  ended(): void;
}

export class Microphone {
  readonly began = performance.now();
  private readonly context = new AudioContext(NO_OUTPUT);
  private readonly recorder: MediaRecorder;
  private readonly meter: ReturnType<typeof setInterval>;
  private pieces: Promise<void> = Promise.resolve();
  private light: WakeLockSentinel | null = null;

  private constructor(
    private readonly stream: MediaStream,
    private readonly heard: Heard,
  ) {
    this.recorder = new MediaRecorder(stream, {
      mimeType: kind()!,
      audioBitsPerSecond: BITS_PER_SECOND,
    });
    this.recorder.addEventListener("dataavailable", ({ data }) => this.take(data));
    this.recorder.addEventListener("stop", () => void this.end());
    const analyser = new AnalyserNode(this.context, { fftSize: LEVEL_SAMPLES });
    this.context.createMediaStreamSource(stream).connect(analyser);
    let shown = 0;
    this.meter = setInterval(() => {
      shown = Math.max(level(analyser), shown - FALL);
      heard.level(shown);
    }, LEVEL_MS);
    this.recorder.start(PIECE_MS);
    void this.keepAwake();
    document.addEventListener("visibilitychange", this.keepAwake);
  }

  /** Rejects when the person or the browser does not allow it, or there is none. */
  static async open(heard: Heard): Promise<Microphone> {
    const audio = {
      channelCount: 1,
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: true,
    };
    return new Microphone(await navigator.mediaDevices.getUserMedia({ audio }), heard);
  }

  get seconds(): number {
    return (performance.now() - this.began) / 1000;
  }

  get extension(): string {
    return this.recorder.mimeType.includes("mp4") ? "m4a" : "webm";
  }

  stop(): void {
    if (this.recorder.state !== "inactive") this.recorder.stop();
  }

  private take(data: Blob): void {
    const { seconds } = this;
    this.pieces = this.pieces.then(async () => {
      if (data.size) this.heard.piece(await data.arrayBuffer(), seconds);
    });
  }

  private async end(): Promise<void> {
    clearInterval(this.meter);
    document.removeEventListener("visibilitychange", this.keepAwake);
    for (const track of this.stream.getTracks()) track.stop();
    void this.context.close();
    await this.light?.release().catch(() => undefined);
    await this.pieces;
    this.heard.ended();
  }

  /** Browsers take it away when the page is out of sight, and some have none. */
  private readonly keepAwake = async (): Promise<void> => {
    if (document.hidden || !("wakeLock" in navigator)) return;
    this.light = await navigator.wakeLock.request("screen").catch(() => null);
  };
}

/** Of the loudest sample. */
function level(analyser: AnalyserNode): number {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  return Math.round(Math.max(0, 100 * (1 - (20 * Math.log10(peak + 1e-6)) / SILENCE_DB)));
}
