import { cpSync, existsSync, mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineConfig, type Plugin } from "vite";

const here = import.meta.dirname;
const built = resolve(here, "../static");
const entries = ["style.css", "viewer.css", "transcript.css", "page.ts", "viewer.ts", "transcript.ts", "upload.ts", "recording.ts", "placing.ts", "progress.ts", "agenda.ts", "minutes.ts", "hearing.ts", "people.ts", "sitting.ts", "connection-test.ts", "service-worker.ts"];

/** What pdf.js fetches while it draws, and the fonts with which the server makes PDFs. */
function packagedFiles(): Plugin {
  const packages = resolve(here, "node_modules");
  const fonts = resolve(packages, "@expo-google-fonts/biz-udpgothic");
  return {
    name: "packaged-files",
    closeBundle() {
      for (const folder of ["cmaps", "standard_fonts", "wasm", "iccs"]) {
        cpSync(resolve(packages, "pdfjs-dist", folder), resolve(built, "pdfjs", folder), { recursive: true });
      }
      mkdirSync(resolve(built, "fonts"), { recursive: true });
      for (const name of ["400Regular/BIZUDPGothic_400Regular.ttf", "700Bold/BIZUDPGothic_700Bold.ttf"]) {
        cpSync(resolve(fonts, name), resolve(built, "fonts", name.split("/")[1]!));
      }
    },
  };
}

export default defineConfig({
  base: "/static/",
  publicDir: resolve(here, "public"),
  plugins: [packagedFiles()],
  build: {
    outDir: built,
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    rollupOptions: { input: entries.map((name) => resolve(here, name)).filter((path) => existsSync(path)) },
  },
});
