import { randomBytes } from "crypto";
import * as vscode from "vscode";
import { openPlace, Place } from "./place";
import { Sessions } from "./sessions";

let panel: vscode.WebviewPanel | undefined;

/** Shows who waits for whom as a page; it follows the stops of the program. */
export async function showGraph(sessions: Sessions): Promise<void> {
  if (panel) {
    panel.reveal();
    await draw(sessions);
    return;
  }
  panel = vscode.window.createWebviewPanel("dlvAsync.graph", "Wait Graph", vscode.ViewColumn.Active, {
    enableScripts: true,
    localResourceRoots: [],
    retainContextWhenHidden: true,
  });
  const following = sessions.onDidChange(() => draw(sessions));
  panel.onDidDispose(() => {
    following.dispose();
    panel = undefined;
  });
  panel.webview.onDidReceiveMessage(async (message: { task: string }) => {
    const found = await sessions.ask<{ nodes: { task?: string; place?: Place }[] }>("dlvAsync/tree", { filter: message.task, system: true });
    await openPlace(found?.nodes.find((n) => n.place)?.place);
  });
  await draw(sessions);
}

async function draw(sessions: Sessions): Promise<void> {
  const page = await sessions.ask<{ text: string }>("dlvAsync/graph", { format: "html" });
  if (page && panel) {
    panel.webview.html = withJump(page.text);
  }
}

/** Adds to the page that a double click on a task leads to where it stands. */
function withJump(html: string): string {
  const nonce = randomBytes(16).toString("hex");
  const script = `
    const vscode = acquireVsCodeApi();
    document.addEventListener("dblclick", (event) => {
      const box = event.target.closest(".box");
      const id = box && /\\b(?:[a-z]+:[0-9a-z]+)\\b/.exec(box.textContent);
      if (id) vscode.postMessage({ task: id[0] });
    });`;
  return html
    .replace("script-src ", `script-src 'nonce-${nonce}' `)
    .replace("</body>", () => `<script nonce="${nonce}">${script}</script></body>`);
}
