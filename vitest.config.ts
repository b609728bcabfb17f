import { playwright } from "@vitest/browser-playwright";
import { defineConfig } from "vitest/config";
import { launchOptions } from "./scripts/browsers.mjs";
import { sharedFiles } from "./scripts/shared-files.mjs";

const include = ["test/**/*.test.ts"];
const plugins = [sharedFiles("../shared")];
const timeouts = { testTimeout: 120_000, hookTimeout: 120_000 };
// A dependency that Vite meets only while a test runs makes it reload the page under the test.
const optimizeDeps = { include: ["@assemblyscript/loader", "fast-check", "tiny-inflate"] };

/** The same tests in a real browser, but those that need files or processes. */
function inBrowser(browser: "chromium" | "firefox") {
  return {
    plugins,
    cacheDir: "build/vite",
    optimizeDeps,
    test: {
      name: browser,
      include,
      exclude: ["test/node/**"],
      ...timeouts,
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: launchOptions(browser) }),
        instances: [{ browser }],
      },
    },
  };
}

export default defineConfig({
  test: {
    projects: [{ plugins, test: { name: "node", include, ...timeouts } }, inBrowser("chromium"), inBrowser("firefox")],
  },
});
