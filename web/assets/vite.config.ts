import { cpSync, existsSync, mkdirSync } from "node:fs";
import { basename, resolve } from "node:path";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const here = import.meta.dirname;
const built = resolve(here, "../static");
/** `page.css` is on every page, each other on the screens that it is named after. */
const styles = [
  "page",
  "meetings",
  "checks",
  "comparison",
  "viewer",
  "terms",
  "recordings",
  "desk",
  "minutes",
  "paper",
  "retention",
  "help",
];

const entries = [
  ...styles.map((name) => `styles/${name}.css`),
  "page.ts",
  "viewer/viewer.ts",
  "desk/desk.ts",
  "upload/upload.ts",
  "recording/recording.ts",
  "screens/placing.ts",
  "screens/progress.ts",
  "screens/agenda.ts",
  "screens/minutes.ts",
  "screens/hearing.ts",
  "screens/closing.ts",
  "screens/passkeys.ts",
  "screens/people.ts",
  "screens/sitting.ts",
  "viewer/connection-test.ts",
  "service-worker.ts",
];

/** With which the server makes PDFs, and draws those that do not hold theirs: the second and the third for letters that the first lacks. */
const printed = [
  "biz-udpgothic/400Regular/BIZUDPGothic_400Regular.ttf",
  "biz-udpgothic/700Bold/BIZUDPGothic_700Bold.ttf",
  "noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf",
  "noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf",
  "noto-sans-symbols-2/400Regular/NotoSansSymbols2_400Regular.ttf",
];

/** What pdf.js fetches while it draws, and the fonts of the server. */
function packagedFiles(): Plugin {
  const packages = resolve(here, "node_modules");
  return {
    name: "packaged-files",
    closeBundle() {
      for (const folder of ["cmaps", "standard_fonts", "wasm", "iccs"]) {
        cpSync(resolve(packages, "pdfjs-dist", folder), resolve(built, "pdfjs", folder), {
          recursive: true,
        });
      }
      mkdirSync(resolve(built, "fonts"), { recursive: true });
      for (const name of printed) {
        cpSync(
          resolve(packages, "@expo-google-fonts", name),
          resolve(built, "fonts", basename(name)),
        );
      }
    },
  };
}

export default defineConfig({
  base: "/static/",
  publicDir: resolve(here, "public"),
  plugins: [packagedFiles()],
  css: { transformer: "lightningcss", lightningcss: { drafts: { customMedia: true } } },
  // One thread for many files: to begin a process for each took four times as long as the tests.
  test: { setupFiles: ["base/empty-page.ts"], pool: "threads", isolate: false },
  build: {
    outDir: built,
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rollupOptions: {
      input: entries.map((name) => resolve(here, name)).filter((path) => existsSync(path)),
    },
  },
});
