import * as vscode from "vscode";
import { Place, toPlace } from "./place";
import { Sessions } from "./sessions";

interface Node {
  id: string;
  kind: "task" | "group" | "see";
  label: string;
  description?: string;
  tooltip?: string;
  task?: string;
  count: number;
  children: number;
  problem?: string;
  place?: Place;
}

export class TaskItem extends vscode.TreeItem {
  constructor(readonly node: Node) {
    super(node.label, node.children > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None);
    this.description = node.description;
    this.tooltip = [node.label, node.description, node.tooltip, node.place && `${node.place.path}:${node.place.line}`]
      .filter(Boolean)
      .join("\n");
    this.contextValue = node.task ? "task" : "group";
    this.iconPath = node.problem
      ? new vscode.ThemeIcon("warning", new vscode.ThemeColor("list.warningForeground"))
      : new vscode.ThemeIcon({ task: "symbol-event", group: "symbol-namespace", see: "references" }[node.kind]);
    this.command = toPlace(node.place);
  }
}

/** More nodes of one level than anybody reads. */
const mostNodes = 1000;

/** The view Async Tasks: who is part of what and who awaits whom. */
export class Tasks implements vscode.TreeDataProvider<vscode.TreeItem> {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.emitter.event;
  private filter = "";

  constructor(private readonly sessions: Sessions) {
    sessions.onDidChange(() => this.emitter.fire());
  }

  getTreeItem(item: vscode.TreeItem): vscode.TreeItem {
    return item;
  }

  async getChildren(parent?: vscode.TreeItem): Promise<vscode.TreeItem[]> {
    const system = vscode.workspace.getConfiguration("dlv-async").get<boolean>("systemTasks");
    const below = parent instanceof TaskItem ? parent.node.id : "";
    const answer = await this.sessions.ask<{ nodes: Node[]; total: number }>("dlvAsync/tree", {
      below,
      filter: this.filter,
      system,
      limit: mostNodes,
    });
    if (!answer) {
      return [];
    }
    const items: vscode.TreeItem[] = (answer.nodes ?? []).map((node) => new TaskItem(node));
    if (answer.total > items.length) {
      items.push(new vscode.TreeItem(`… ${answer.total - items.length} more: use the filter`));
    }
    return items;
  }

  async askFilter(): Promise<void> {
    const text = await vscode.window.showInputBox({
      prompt: "Show tasks with this in their id, name, functions or wait",
      value: this.filter,
    });
    if (text !== undefined) {
      this.setFilter(text);
    }
  }

  setFilter(text: string): void {
    this.filter = text;
    void vscode.commands.executeCommand("setContext", "dlvAsync.filtered", text !== "");
    this.emitter.fire();
  }

  /** Shows all logical stacks of a task in the debug console. */
  async where(item: TaskItem): Promise<void> {
    await vscode.commands.executeCommand("workbench.debug.action.focusRepl");
    const session = vscode.debug.activeDebugSession;
    const answer = await session?.customRequest("evaluate", { expression: `async where ${item.node.task}`, context: "repl" });
    if (answer) {
      vscode.debug.activeDebugConsole.appendLine(answer.result);
    }
  }
}
