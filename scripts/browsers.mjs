// Where the browsers are: the environment, then the usual names on PATH, then what Playwright installed itself.
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const known = {
  chromium: {
    variable: "MARGRAVE_CHROMIUM",
    names: ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"],
  },
  firefox: { variable: "MARGRAVE_FIREFOX", names: ["firefox-esr", "firefox"] },
};

/** Path of an installed browser of the kind "chromium" or "firefox", or null. */
export function systemBrowser(kind) {
  const { variable, names } = known[kind];
  const named = process.env[variable];
  if (named !== undefined && named !== "") {
    if (!executable(named)) throw new Error(`${variable} must name an executable, got ${named}`);
    return named;
  }
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  for (const name of names) {
    for (const folder of folders) if (executable(join(folder, name))) return join(folder, name);
  }
  return null;
}

/**
 * Launch options for Playwright. A system Firefox is driven over WebDriver BiDi (the channel says so), since Playwright's
 * own protocol needs Playwright's own Firefox; that one, where installed, needs no options.
 */
export function launchOptions(kind) {
  const executablePath = systemBrowser(kind) ?? undefined;
  if (kind === "firefox") return executablePath === undefined ? {} : { channel: "moz-firefox", executablePath };
  const args = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  args.push("--disable-component-update", "--disable-sync");
  // Chromium refuses its sandbox to root, as whom containers run.
  if (process.getuid?.() === 0) args.push("--no-sandbox");
  return executablePath === undefined ? { args } : { executablePath, args };
}

/** Whether a browser of this kind can be started: the system's, or the one that Playwright installed. */
export async function browserFound(kind) {
  if (systemBrowser(kind) !== null) return true;
  const playwright = await import("playwright");
  try {
    return existsSync(playwright[kind].executablePath());
  } catch {
    return false;
  }
}

function executable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
