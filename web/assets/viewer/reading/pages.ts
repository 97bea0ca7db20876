/** One PDF: opened once, pages drawn when they are needed, few of them kept. */

import type { PDFDocumentProxy, PDFPageProxy, RenderTask } from "pdfjs-dist";
import * as pdfjs from "pdfjs-dist";
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl;

const MOST_PIXELS = 16_000_000;
const FILES = "/static/pdfjs/";

// One for all documents, started before the first one is asked for.
const worker = new pdfjs.PDFWorker();
const CHUNK_BYTES = 262_144;
// Documents of fonts and pictures of pages that were left are dropped so often.
const CLEAN_EVERY_PAGES = 10;

export class Cancelled extends Error {}

export class Pages {
  private rendering: RenderTask | null = null;
  private painted = 0;

  private constructor(private readonly pdf: PDFDocumentProxy) {}

  static async open(url: string): Promise<Pages> {
    const loading = pdfjs.getDocument({
      url,
      worker,
      rangeChunkSize: CHUNK_BYTES,
      cMapUrl: `${FILES}cmaps/`,
      cMapPacked: true,
      standardFontDataUrl: `${FILES}standard_fonts/`,
      wasmUrl: `${FILES}wasm/`,
      iccUrl: `${FILES}iccs/`,
      enableXfa: false,
      // Chromium does not give back the frames that its decoder makes: some MB for every scan.
      isImageDecoderSupported: false,
      // A large file is read where it is looked at, not as a whole.
      disableAutoFetch: true,
      disableStream: true,
    });
    return new Pages(await loading.promise);
  }

  get count(): number {
    return this.pdf.numPages;
  }

  /** Width and height in points, after rotation. */
  async size(number: number): Promise<{ width: number; height: number }> {
    const { width, height } = (await this.pdf.getPage(number)).getViewport({ scale: 1 });
    return { width, height };
  }

  /** The page's picture and the words over it, at `scale` CSS pixels a point; throws Cancelled
   * when another page is asked for meanwhile. */
  async paint(
    number: number,
    scale: number,
  ): Promise<{ canvas: HTMLCanvasElement; text: HTMLElement }> {
    this.rendering?.cancel();
    const page = await this.pdf.getPage(number);
    const canvas = await this.draw(page, scale);
    const text = await textOver(page, page.getViewport({ scale }));
    page.cleanup();
    if (++this.painted % CLEAN_EVERY_PAGES === 0) void this.pdf.cleanup();
    return { canvas, text };
  }

  async thumbnail(number: number, width: number): Promise<HTMLCanvasElement> {
    const page = await this.pdf.getPage(number);
    const scale = width / page.getViewport({ scale: 1 }).width;
    const viewport = page.getViewport({ scale });
    const canvas = canvasOf(viewport.width, viewport.height);
    await page.render({ canvas, viewport }).promise;
    return canvas;
  }

  async close(): Promise<void> {
    this.rendering?.cancel();
    await this.pdf.loadingTask.destroy();
  }

  private async draw(page: PDFPageProxy, scale: number): Promise<HTMLCanvasElement> {
    const plain = page.getViewport({ scale });
    const density = Math.min(
      devicePixelRatio || 1,
      Math.sqrt(MOST_PIXELS / (plain.width * plain.height)),
    );
    const viewport = page.getViewport({ scale: scale * density });
    const canvas = canvasOf(viewport.width, viewport.height);
    this.rendering = page.render({ canvas, viewport });
    try {
      await this.rendering.promise;
    } catch (problem) {
      if (problem instanceof pdfjs.RenderingCancelledException) throw new Cancelled();
      throw problem;
    }
    return canvas;
  }
}

/** The memory of a picture that is not shown any more is given back at once, not some time. */
export function dropCanvas(canvas: HTMLCanvasElement): void {
  canvas.remove();
  canvas.width = canvas.height = 0;
}

function canvasOf(width: number, height: number): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(width));
  canvas.height = Math.max(1, Math.floor(height));
  canvas.setAttribute("aria-hidden", "true");
  return canvas;
}

/** The words of the page, over its picture: to be selected, and read by a screen reader. */
async function textOver(
  page: PDFPageProxy,
  viewport: ReturnType<PDFPageProxy["getViewport"]>,
): Promise<HTMLElement> {
  const layer = document.createElement("div");
  layer.className = "textLayer";
  layer.style.setProperty("--total-scale-factor", String(viewport.scale));
  layer.style.setProperty("--scale-round-x", "1px");
  layer.style.setProperty("--scale-round-y", "1px");
  await new pdfjs.TextLayer({
    textContentSource: page.streamTextContent(),
    container: layer,
    viewport,
  }).render();
  return layer;
}

/** What went wrong, and what to do now. */
export function sentenceFor(problem: unknown): string {
  const status = problem instanceof pdfjs.ResponseException ? problem.status : 0;
  if (status === 401) return "サインインの期限が切れました。サインインし直してください。";
  if (status === 404)
    return "この資料は見つかりません。差し替えられたか、閲覧できなくなっています。会議に戻って確かめてください。";
  if (status === 410)
    return "この資料のファイルがサーバーで失われているか、壊れています。主催者か管理者に連絡してください。";
  if (problem instanceof pdfjs.PasswordException)
    return "この資料にはパスワードがかかっています。主催者に連絡してください。";
  if (problem instanceof pdfjs.InvalidPDFException)
    return "この資料は壊れているため表示できません。主催者に連絡してください。";
  return "資料を読み込めませんでした。通信を確かめて、もう一度お試しください。";
}
