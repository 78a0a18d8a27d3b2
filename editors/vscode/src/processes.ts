import { execFile } from "child_process";
import * as vscode from "vscode";
import { findBinary, sayMissing } from "./adapter";

/** Lets the user pick a process that can be read; Go and Python are told apart. */
export async function pickProcess(): Promise<string | undefined> {
  const binary = findBinary();
  if (binary === undefined) {
    await sayMissing();
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(list(binary), {
    placeHolder: "The process to attach to",
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.pid;
}

type Item = vscode.QuickPickItem & { pid: string };

function list(binary: string): Promise<Item[]> {
  return new Promise((resolve, reject) =>
    execFile(binary, ["ps"], { maxBuffer: 16 << 20 }, (err, stdout, stderr) =>
      err ? reject(new Error(stderr || err.message)) : resolve(parse(stdout)),
    ),
  );
}

/** Reads the table that `dlv-async ps` prints: its columns begin where their titles do. */
export function parse(table: string): Item[] {
  const [head = "", ...lines] = table.split("\n");
  const at = ["PID", "USER", "RUNTIME", "COMMAND"].map((title) => head.indexOf(title));
  return lines
    .filter((line) => /^\d/.test(line))
    .map((line) => {
      const [pid, user, runtime, command] = at.map((from, i) => line.slice(from, at[i + 1]).trim());
      return { pid, label: `${command.split(" ")[0].split("/").pop()}  ${pid}`, description: `${runtime}  ${user}`, detail: command };
    });
}
