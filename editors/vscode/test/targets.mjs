// Programs to look at: built, started, and ended with the test.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

export class Targets {
  constructor(root, scratch) {
    this.root = root;
    this.scratch = scratch;
    this.running = [];
  }

  /** Builds dlv-async as users do, and returns its path. */
  adapter() {
    const out = join(this.scratch, "dlv-async");
    execFileSync("go", ["build", "-o", out, "./cmd/dlv-async"], { cwd: this.root, stdio: "inherit" });
    return out;
  }

  /** Builds a program of testdata/go, not optimised, so that its variables can be read. */
  build(program) {
    const out = join(this.scratch, program);
    execFileSync("go", ["build", "-gcflags=all=-N -l", "-o", out, "./" + program], {
      cwd: join(this.root, "testdata", "go"),
      env: { ...process.env, GOWORK: "off", GOFLAGS: "", CGO_ENABLED: "0" },
      stdio: "inherit",
    });
    return out;
  }

  /** Starts a program and resolves with it once it says READY. */
  async start(command, args = []) {
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.running.push(child);
    await hears(child, /^READY$/m);
    return child;
  }

  /** Asks a program of testdata whether it is there and goes on. */
  async alive(child) {
    const answer = hears(child, /pong/);
    child.stdin.write("ping\n");
    await answer;
  }

  /** Takes a core of a process; undefined without gdb's gcore. */
  core(pid) {
    const prefix = join(this.scratch, "core");
    try {
      execFileSync("gcore", ["-o", prefix, String(pid)], { stdio: "ignore" });
    } catch (err) {
      if (err.code === "ENOENT") return undefined;
      throw err;
    }
    return `${prefix}.${pid}`;
  }

  /** Finds a CPython that dlv-async can read. */
  python() {
    const names = [...(process.env.DLV_ASYNC_PYTHONS ?? "").split(":").filter(Boolean), "python3.13", "python3.12", "python3.11", "python3"];
    const pyenv = join(process.env.HOME ?? "", ".pyenv", "versions");
    if (existsSync(pyenv)) {
      names.unshift(...["3.13.0", "3.12.1", "3.11.7"].map((v) => join(pyenv, v, "bin", "python" + v.split(".", 2).join("."))));
    }
    return names.find((name) => {
      try {
        execFileSync(name, ["-c", "import asyncio"], { stdio: "ignore" });
        return true;
      } catch {
        return false;
      }
    });
  }

  stop() {
    for (const child of this.running) {
      child.removeAllListeners("exit");
      child.kill("SIGKILL");
    }
    rmSync(this.scratch, { recursive: true, force: true });
  }
}

function hears(child, words) {
  return new Promise((resolve, reject) => {
    let said = "";
    const late = setTimeout(() => reject(new Error(`${child.spawnfile} says ${said}`)), 120_000);
    const listen = (data) => {
      said += data;
      if (words.test(said)) {
        child.stdout.off("data", listen);
        clearTimeout(late);
        resolve();
      }
    };
    child.stdout.on("data", listen);
    child.once("exit", (code) => reject(new Error(`${child.spawnfile} ended with ${code}: ${said}`)));
  });
}

export function emptyDir(path) {
  rmSync(path, { recursive: true, force: true });
  mkdirSync(path, { recursive: true });
  return path;
}
