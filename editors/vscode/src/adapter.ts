import * as fs from "fs";
import * as path from "path";
import * as vscode from "vscode";

/** The program that the settings name, or undefined where there is none. */
export function findBinary(): string | undefined {
  const name = vscode.workspace.getConfiguration("dlv-async").get<string>("path") || "dlv-async";
  if (path.isAbsolute(name)) {
    return isFile(name) ? name : undefined;
  }
  const home = process.env.HOME ?? "";
  const places = [
    ...(process.env.PATH ?? "").split(path.delimiter),
    process.env.GOBIN ?? "",
    path.join(process.env.GOPATH || path.join(home, "go"), "bin"),
  ];
  return places
    .filter((dir) => dir !== "")
    .map((dir) => path.join(dir, process.platform === "win32" ? name + ".exe" : name))
    .find(isFile);
}

function isFile(name: string): boolean {
  try {
    return fs.statSync(name).isFile();
  } catch {
    return false;
  }
}

const install = "go install github.com/dlv-async/dlv-async/cmd/dlv-async@latest";

/** Says that dlv-async is missing, and what to do about it. */
export async function sayMissing(): Promise<void> {
  const settings = "Open Settings";
  const copy = "Copy Install Command";
  const picked = await vscode.window.showErrorMessage(
    `dlv-async was not found. Install it with: ${install}, or name it in the setting dlv-async.path.`,
    copy,
    settings,
  );
  if (picked === copy) {
    await vscode.env.clipboard.writeText(install);
  } else if (picked === settings) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "dlv-async.path");
  }
}

/** Starts the adapter: one process for each session, over its standard streams. */
export class AdapterFactory implements vscode.DebugAdapterDescriptorFactory {
  createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor | undefined {
    const binary = findBinary();
    if (binary === undefined) {
      void sayMissing();
      return undefined;
    }
    return new vscode.DebugAdapterExecutable(binary, ["dap", "--stdio"], { cwd: session.workspaceFolder?.uri.fsPath });
  }
}

/** Completes configurations: F5 without any debugs the package of the open file. */
export class Configurations implements vscode.DebugConfigurationProvider {
  async resolveDebugConfigurationWithSubstitutedVariables(
    _folder: vscode.WorkspaceFolder | undefined,
    config: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    if (findBinary() === undefined) {
      void sayMissing(); // the answer is not waited for
      return undefined;
    }
    if (!config.request) {
      const file = vscode.window.activeTextEditor?.document;
      if (file?.languageId !== "go") {
        return undefined;
      }
      config = { type: "dlv-async", name: "Debug package", request: "launch", mode: "debug", program: path.dirname(file.fileName) };
    }
    if (config.request === "attach" && typeof config.processId === "string") {
      config.processId = Number(config.processId); // that is what a picker gives
    }
    return config;
  }
}
