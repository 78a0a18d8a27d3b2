import * as vscode from "vscode";
import { Place, toPlace } from "./place";
import { Sessions } from "./sessions";

interface Problem {
  code: string;
  severity: "info" | "warning" | "error";
  message: string;
  inferred?: boolean;
  tasks: { task: string; label: string; doing: string; place?: Place }[];
  total: number;
}

class ProblemItem extends vscode.TreeItem {
  constructor(readonly problem: Problem) {
    super(
      `${problem.code}: ${problem.message}`,
      problem.tasks.length > 0 ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.None,
    );
    this.description = problem.inferred ? "inferred" : undefined;
    this.tooltip = `${problem.message}\n${problem.total} task${problem.total === 1 ? "" : "s"}`;
    const color = { error: "list.errorForeground", warning: "list.warningForeground", info: undefined }[problem.severity];
    this.iconPath = new vscode.ThemeIcon(problem.severity, color ? new vscode.ThemeColor(color) : undefined);
  }
}

/** The view Problems: deadlocks, leaks, and what could not be read. */
export class Problems implements vscode.TreeDataProvider<vscode.TreeItem> {
  private readonly emitter = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.emitter.event;

  constructor(private readonly sessions: Sessions) {
    sessions.onDidChange(() => this.emitter.fire());
  }

  getTreeItem(item: vscode.TreeItem): vscode.TreeItem {
    return item;
  }

  private async problems(): Promise<Problem[]> {
    return (await this.sessions.ask<{ problems: Problem[] }>("dlvAsync/problems"))?.problems ?? [];
  }

  async badge(): Promise<vscode.ViewBadge | undefined> {
    const count = (await this.problems()).filter((p) => p.severity !== "info").length;
    return count > 0 ? { value: count, tooltip: `${count} problem${count === 1 ? "" : "s"}` } : undefined;
  }

  async getChildren(parent?: vscode.TreeItem): Promise<vscode.TreeItem[]> {
    if (!(parent instanceof ProblemItem)) {
      const problems = await this.problems();
      if (problems.length === 0 && this.sessions.stopped) {
        return [new vscode.TreeItem("No problems found")];
      }
      return problems.map((p) => new ProblemItem(p));
    }
    const { tasks, total } = parent.problem;
    const items = tasks.map((t) => {
      const item = new vscode.TreeItem(t.label);
      item.description = t.doing;
      item.tooltip = `${t.label}\n${t.doing}`;
      item.iconPath = new vscode.ThemeIcon("symbol-event");
      item.command = toPlace(t.place);
      return item;
    });
    if (total > tasks.length) {
      items.push(new vscode.TreeItem(`… ${total - tasks.length} more`));
    }
    return items;
  }
}
