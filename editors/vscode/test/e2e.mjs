// The extension in a real VS Code, driven by a real browser: npm run e2e.
//
//   DLV_ASYNC_VSCODE     where the workbench is or will be installed (600 MB)
//   DLV_ASYNC_CHROMIUM   the browser; else one that is on PATH
//   --screenshots DIR    where to put pictures; else nowhere
//
// What the machine lacks is said, and what needs it left out; the exit code is
// 0 then, and 75 where nothing could be tested at all.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, statSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openCode } from "./code.mjs";
import { Targets } from "./targets.mjs";

const here = import.meta.dirname;
const root = resolve(here, "..", "..", "..");
const workbench = process.env.DLV_ASYNC_VSCODE || join(homedir(), ".cache", "dlv-async-vscode");
const screenshots = process.argv[2] === "--screenshots" ? resolve(process.argv[3]) : undefined;
const script = join(here, "workbench.sh");
const say = (text) => console.log(text);

function browser() {
  const names = [process.env.DLV_ASYNC_CHROMIUM, "chromium", "chromium-browser", "google-chrome"].filter(Boolean);
  for (const name of names) {
    try {
      return execFileSync("sh", ["-c", 'command -v "$0"', name], { encoding: "utf8" }).trim();
    } catch {
      continue;
    }
  }
  return undefined;
}

const chromium = browser();
if (!chromium) {
  say("skipped: VS Code, as there is no chromium; to lift: apt-get install chromium");
  process.exit(75);
}
say("installing the workbench, once");
execFileSync(script, ["install", workbench], { stdio: "inherit" });

const targets = new Targets(root, mkdtempSync(join(tmpdir(), "dlv-async-e2e-")));
let code;
try {
  say("building and starting what is looked at");
  const adapter = targets.adapter();
  const errgroup = targets.build("errgroup");
  const live = await targets.start(errgroup);
  const sample = await targets.start(adapter, ["sample-service"]);
  const core = targets.core(live.pid);
  const pythonName = targets.python();
  const python = pythonName && (await targets.start(pythonName, [join(root, "testdata", "python", "chain.py")]));
  const pythonCore = python && core && targets.core(python.pid);

  const folder = join(targets.scratch, "workspace");
  const write = (path, value) => {
    mkdirSync(join(path, ".."), { recursive: true });
    writeFileSync(path, JSON.stringify(value));
  };
  const ours = { type: "dlv-async" };
  write(join(folder, ".vscode", "launch.json"), {
    version: "0.2.0",
    configurations: [
      { ...ours, request: "attach", name: "go attach", processId: live.pid, stopOnEntry: true },
      { ...ours, request: "attach", name: "go pick", mode: "observe", processId: "${command:pickProcess}" },
      { ...ours, request: "attach", name: "go observe", mode: "observe", processId: sample.pid },
      core && { ...ours, request: "launch", name: "go core", mode: "core", program: errgroup, coreFilePath: core },
      python && { ...ours, request: "attach", name: "python attach", processId: python.pid, stopOnEntry: true },
      pythonCore && { ...ours, request: "launch", name: "python core", mode: "core", coreFilePath: pythonCore },
    ].filter(Boolean),
  });
  const settings = join(folder, ".vscode", "settings.json");
  write(settings, { "dlv-async.path": adapter });
  write(join(workbench, "user", "User", "settings.json"), {
    "workbench.startupEditor": "none",
    "workbench.secondarySideBar.defaultVisibility": "hidden",
    "chat.disableAIFeatures": true,
    "git.enabled": false,
    "editor.minimap.enabled": false,
    "breadcrumbs.enabled": false, // they show where this machine has its files
    "debug.internalConsoleOptions": "openOnSessionStart",
  });
  execFileSync(script, ["extension", workbench, join(here, "..", "dlv-async.vsix")], { stdio: "inherit" });

  say("opening VS Code");
  code = await openCode(script, workbench, folder, chromium);
  await code.widen(620);
  const picture = async (name) => {
    if (!screenshots) return;
    const path = join(screenshots, name + ".png");
    await code.screenshot(path);
    assert.ok(statSync(path).size < 300_000, `${path} is too large for the repository`);
  };

  await step("a live Go process: the logical stack, and variables of the awaiter's frame", async () => {
    await code.debug("go attach");
    await code.show("Variables", "Call Stack");
    await code.expand("Call Stack", "main.child2: chan receive");
    await code.row("Call Stack", "opened by go:");
    await code.click("Call Stack", "main.parent2");
    await code.expand("Variables", "Async");
    await code.row("Variables", "main.parent3");
    await code.expand("Variables", "Locals");
    await code.row("Variables", "errgroup.Group");
    await picture("vscode-call-stack");
  });

  await step("the tree of tasks, and a jump from it", async () => {
    await code.show("Async Tasks");
    await code.expand("Async Tasks", "main.parent3");
    await code.expand("Async Tasks", "errgroup.Group");
    await code.click("Async Tasks", "main.child2");
    await code.page.locator(".tab.active").filter({ hasText: "main.go" }).waitFor();
    await picture("vscode-tasks");
  });

  await step("the wait graph", async () => {
    await code.widen(320);
    await code.command("View: Hide Panel");
    await code.command("dlv-async: Show Wait Graph");
    const graph = code.page.frameLocator("iframe.webview").frameLocator("iframe");
    await graph.locator("svg .box").filter({ hasText: "main.child2" }).first().waitFor();
    await graph.locator("#search").fill("leaf");
    await picture("vscode-graph");
    await graph.locator("svg .box").filter({ hasText: "main.child2" }).first().dblclick();
    await code.page.locator(".tab.active").filter({ hasText: "main.go" }).waitFor();
    await code.widen(620);
    await code.stop();
    await targets.alive(live);
  });

  await step("a process that is only looked at: its deadlock", async () => {
    await code.debug("go observe");
    await code.show("Problems", "Call Stack");
    await code.row("Problems", "deadlock:");
    await code.row("Call Stack", "deadlock");
    await picture("vscode-deadlock");
    await code.stop();
  });

  await step("the picker of processes tells Go and Python apart", async () => {
    await code.choose("debug go pick", "go pick");
    await code.page.getByPlaceholder("The process to attach to").waitFor();
    if (python) await code.narrow(String(python.pid), "cpython");
    await (await code.narrow(String(live.pid), "go1.")).click();
    await code.show("Call Stack");
    await code.row("Call Stack", "main.child2: chan receive");
    await code.stop();
  });

  await step("a core dump of a Go program", core ? async () => stackInCore("go core", "main.child2: chan receive", "main.parent2") : "gdb's gcore is missing");
  await step("a live Python program", python ? async () => pythonStack("python attach") : "no CPython was found");
  await step("a core dump of a Python program", pythonCore ? async () => pythonStack("python core") : "gdb's gcore or a CPython is missing");
  if (python) await targets.alive(python);
  await step("a missing dlv-async is said to be, and how to get it", async () => {
    write(settings, { "dlv-async.path": join(targets.scratch, "nowhere") });
    const notice = code.page.locator(".notification-list-item-message").filter({ hasText: "go install" });
    await code.until(notice, () => code.choose("debug go attach", "go attach"));
  });

  async function stackInCore(name, thread, frame) {
    await code.debug(name);
    await code.show("Variables", "Call Stack");
    await code.expand("Call Stack", thread);
    await code.click("Call Stack", frame);
    await code.row("Variables", "Async");
    await code.stop("Debug: Stop");
  }

  async function pythonStack(name) {
    await code.debug(name);
    await code.show("Variables", "Call Stack");
    await code.expand("Call Stack", "f4-ensured");
    await code.row("Call Stack", "awaited by");
    await code.click("Call Stack", "__main__.f2");
    await code.expand("Variables", "Async");
    await code.page.locator(".tab.active").filter({ hasText: "chain.py" }).waitFor();
    if (name === "python attach") await picture("vscode-python");
    await code.stop(name === "python attach" ? undefined : "Debug: Stop");
  }
} catch (err) {
  if (code) {
    const path = join(tmpdir(), "dlv-async-e2e-failed.png");
    await code.screenshot(path);
    say(`what was to be seen: ${path}`);
  }
  throw err;
} finally {
  await code?.close();
  targets.stop();
}

/** Runs a part of the test, or says why it does not. */
async function step(what, run) {
  if (typeof run === "string") {
    say(`skipped: ${what}: ${run}`);
    return;
  }
  const begin = Date.now();
  await run();
  say(`ok  ${what} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
}
