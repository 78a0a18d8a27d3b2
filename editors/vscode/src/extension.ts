// The extension: it starts dlv-async as a debug adapter, and shows what the
// adapter tells beyond the protocol (docs/dap.md) in views of its own.
import * as vscode from "vscode";
import { AdapterFactory, Configurations } from "./adapter";
import { openPlace, Place } from "./place";
import { Problems } from "./problems";
import { pickProcess } from "./processes";
import { Sessions } from "./sessions";
import { showGraph } from "./graph";
import { TaskItem, Tasks } from "./tasks";

export function activate(context: vscode.ExtensionContext): void {
  const sessions = new Sessions();
  const tasks = new Tasks(sessions);
  const problems = new Problems(sessions);
  const tree = vscode.window.createTreeView("dlvAsync.tasks", { treeDataProvider: tasks, showCollapseAll: true });
  const list = vscode.window.createTreeView("dlvAsync.problems", { treeDataProvider: problems });
  sessions.onDidChange(async () => {
    tree.message = sessions.stopped ? undefined : "The program is running.";
    list.badge = await problems.badge();
  });
  const command = (name: string, run: (...args: never[]) => unknown) =>
    context.subscriptions.push(vscode.commands.registerCommand(name, run));
  command("dlvAsync.pickProcess", pickProcess);
  command("dlvAsync.refresh", () => sessions.changed());
  command("dlvAsync.showGraph", () => showGraph(sessions));
  command("dlvAsync.filter", () => tasks.askFilter());
  command("dlvAsync.clearFilter", () => tasks.setFilter(""));
  command("dlvAsync.open", (item: TaskItem) => openPlace(item.node.place));
  command("dlvAsync.openPlace", (place: Place | undefined) => openPlace(place));
  command("dlvAsync.where", (item: TaskItem) => tasks.where(item));
  context.subscriptions.push(
    sessions,
    tree,
    list,
    vscode.debug.registerDebugAdapterDescriptorFactory("dlv-async", new AdapterFactory()),
    vscode.debug.registerDebugConfigurationProvider("dlv-async", new Configurations()),
    // dlv-async may also stand in for dlv in the Go extension's sessions.
    vscode.debug.registerDebugAdapterTrackerFactory("dlv-async", sessions),
    vscode.debug.registerDebugAdapterTrackerFactory("go", sessions),
  );
}

export function deactivate(): void {}
