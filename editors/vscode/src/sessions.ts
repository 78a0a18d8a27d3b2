import * as vscode from "vscode";

/** The debug session that the views show, and whether it stands still. */
export class Sessions implements vscode.DebugAdapterTrackerFactory, vscode.Disposable {
  private readonly ours = new Map<string, { session: vscode.DebugSession; stopped: boolean }>();
  private readonly emitter = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  private shown: string | undefined;

  readonly onDidChange = this.emitter.event;

  constructor() {
    this.subscriptions = [
      vscode.debug.onDidChangeActiveDebugSession((session) => this.show(session?.id)),
      vscode.debug.onDidTerminateDebugSession((session) => {
        this.ours.delete(session.id);
        this.show(vscode.debug.activeDebugSession?.id);
      }),
    ];
  }

  createDebugAdapterTracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    return {
      onDidSendMessage: (message: { type: string; event?: string; command?: string; success?: boolean }) => {
        if (message.type === "event" && message.event === "dlvAsync/stopped") {
          // Only an adapter of ours says this: a session of the Go
          // extension's with dlv itself never comes here.
          this.ours.set(session.id, { session, stopped: true });
          this.show(session.id);
        } else if (message.type === "event" && (message.event === "continued" || message.event === "terminated")) {
          this.runs(session.id);
        } else if (message.type === "response" && message.success && message.command === "continue") {
          this.runs(session.id);
        }
      },
    };
  }

  private runs(id: string): void {
    const state = this.ours.get(id);
    if (state?.stopped) {
      state.stopped = false;
      this.changed();
    }
  }

  private show(id: string | undefined): void {
    this.shown = id !== undefined && this.ours.has(id) ? id : [...this.ours.keys()].pop();
    void vscode.commands.executeCommand("setContext", "dlvAsync.session", this.shown !== undefined);
    this.changed();
  }

  changed(): void {
    this.emitter.fire();
  }

  get stopped(): boolean {
    return this.shown !== undefined && this.ours.get(this.shown)?.stopped === true;
  }

  /** Asks the adapter; undefined while there is nothing to be asked. */
  async ask<T>(request: string, args: object = {}): Promise<T | undefined> {
    if (this.shown === undefined || !this.stopped) {
      return undefined;
    }
    try {
      return await this.ours.get(this.shown)!.session.customRequest(request, args);
    } catch (err) {
      if (this.stopped) {
        void vscode.window.showErrorMessage(err instanceof Error ? err.message : String(err));
      }
      return undefined; // or it has gone on in the meantime
    }
  }

  dispose(): void {
    this.subscriptions.forEach((s) => s.dispose());
    this.emitter.dispose();
  }
}
