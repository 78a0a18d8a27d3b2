// VS Code in a browser, as a user's hands and eyes have it.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { chromium } from "playwright-core";

const patience = 120_000; // bounds what would otherwise hang

/** Serves a folder in VS Code and opens it in a browser. */
export async function openCode(script, dir, folder, browserPath) {
  const port = await freePort();
  const server = spawn(script, ["serve", dir, String(port), folder], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  server.stdout.on("data", (d) => (said += d));
  server.stderr.on("data", (d) => (said += d));
  await new Promise((resolve, reject) => {
    server.stdout.on("data", () => said.includes("HTTP server listening") && resolve());
    server.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
  });
  const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
  const page = await browser.newPage({ viewport: { width: 1400, height: 1000 } });
  page.setDefaultTimeout(patience);
  await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(folder)}`);
  await page.locator(".monaco-workbench").waitFor();
  const code = new Code(page, async () => {
    await browser.close();
    server.removeAllListeners("exit");
    server.kill();
  });
  // The list of configurations is there once the extension is.
  await code.command("View: Show Run and Debug");
  await page.locator(".start-debug-action-item").waitFor();
  return code;
}

function freePort() {
  return new Promise((resolve) => {
    const s = createServer().listen(0, "127.0.0.1", () => {
      const { port } = s.address();
      s.close(() => resolve(port));
    });
  });
}

class Code {
  constructor(page, close) {
    this.page = page;
    this.close = close;
  }

  /** Runs a command by its title. */
  async command(title) {
    await this.choose(">" + title, title);
  }

  /** Starts a configuration of launch.json. */
  async debug(name) {
    await this.choose("debug " + name, name);
    await this.page.locator(".debug-toolbar").waitFor();
  }

  /**
   * Types into the box of commands and takes the line with a text. The box
   * closes when something else takes the focus, as a view that is late; and
   * its list is made once, perhaps before the extension is there.
   */
  async choose(words, text) {
    const soon = { timeout: 3_000 };
    for (const end = Date.now() + patience; ; ) {
      try {
        await this.page.keyboard.press("F1");
        await this.page.locator(".quick-input-widget input").first().fill(words, soon);
        await this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: text }).first().click(soon);
        return;
      } catch (err) {
        if (Date.now() > end) throw err;
        await this.page.keyboard.press("Escape");
      }
    }
  }

  /** Does something until it shows: settings, say, are read when they are. */
  async until(shown, act) {
    for (const end = Date.now() + patience; ; ) {
      await act();
      if (await shown.first().waitFor({ timeout: 3_000 }).then(() => true, () => false)) return;
      if (Date.now() > end) throw new Error(`${shown} is not shown`);
      await this.page.keyboard.press("Escape");
    }
  }

  /** Types into the list that is open, and returns the line that is left with a text. */
  async narrow(words, text) {
    await this.page.locator(".quick-input-widget input").first().fill(words);
    const row = this.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: text }).first();
    await row.waitFor();
    return row;
  }

  /** Ends the session and waits until its toolbar is gone. What was attached to goes on. */
  async stop(title = "Debug: Disconnect") {
    await this.command(title);
    await this.page.locator(".debug-toolbar").waitFor({ state: "hidden" });
  }

  /** The part of the side bar with a title. */
  view(title) {
    return this.page.locator(".part.sidebar .pane").filter({ has: this.header(title) });
  }

  header(title) {
    return this.page.locator(".pane-header").filter({ has: this.page.getByRole("heading", { name: title, exact: true }) });
  }

  /** A line of a view, once it is there. Lists hold only the lines that are in sight. */
  async row(view, text) {
    const row = this.view(view).locator(".monaco-list-row").filter({ hasText: text }).first();
    const list = this.view(view).locator(".monaco-list").first();
    await list.hover();
    await this.page.mouse.wheel(0, -100_000);
    for (const end = Date.now() + patience; !(await row.isVisible()); ) {
      if (Date.now() > end) throw new Error(`the view ${view} has no line with ${text}`);
      await this.page.mouse.wheel(0, 60);
      await this.page.evaluate(() => new Promise(requestAnimationFrame));
    }
    await row.scrollIntoViewIfNeeded();
    return row;
  }

  /** Clicks on a line, which may move until it is hit, and sees it selected. */
  async click(view, text) {
    const selected = this.view(view).locator(".monaco-list-row.selected").filter({ hasText: text }).first();
    for (const end = Date.now() + patience; ; ) {
      const row = await this.row(view, text);
      await row.click({ timeout: 3_000 }).catch(() => undefined);
      if (await selected.waitFor({ timeout: 2_000 }).then(() => true, () => false)) return;
      if (Date.now() > end) throw new Error(`in the view ${view} no line with ${text} can be selected`);
    }
  }

  /** Opens a line that has others below it. */
  async expand(view, text) {
    const row = await this.row(view, text);
    if ((await row.getAttribute("aria-expanded")) !== "true") await row.locator(".monaco-tl-twistie").click();
    return row;
  }

  /** Has these views open in the side bar, and no others. */
  async show(...titles) {
    for (const title of ["Variables", "Watch", "Call Stack", "Breakpoints", "Async Tasks", "Problems"]) {
      const header = this.page.locator(".part.sidebar").locator(this.header(title));
      await header.waitFor();
      const wanted = String(titles.includes(title));
      // A click can miss: the headers are still on their way from the last.
      for (const end = Date.now() + patience; (await header.getAttribute("aria-expanded")) !== wanted; ) {
        if (Date.now() > end) throw new Error(`the view ${title} does not open or close`);
        await header.click();
        const there = header.and(this.page.locator(`[aria-expanded="${wanted}"]`));
        await there.waitFor({ timeout: 2_000 }).catch(() => undefined);
      }
    }
  }

  /** Makes the side bar wide enough to read. */
  async widen(width) {
    const bar = await this.page.locator(".part.sidebar").boundingBox();
    const edge = bar.x + bar.width + 1;
    await this.page.mouse.move(edge, 300);
    await this.page.mouse.down();
    await this.page.mouse.move(bar.x + width, 300, { steps: 5 });
    await this.page.mouse.up();
  }

  async screenshot(path) {
    await this.page.screenshot({ path, scale: "css" });
  }
}
