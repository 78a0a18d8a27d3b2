import * as vscode from "vscode";

/** A line of a source file, as the adapter names it. */
export interface Place {
  path: string;
  line: number;
  name: string;
}

export async function openPlace(place: Place | undefined): Promise<void> {
  if (!place) {
    return;
  }
  const line = Math.max(place.line - 1, 0);
  try {
    await vscode.window.showTextDocument(vscode.Uri.file(place.path), { selection: new vscode.Range(line, 0, line, 0) });
  } catch {
    void vscode.window.showWarningMessage(`${place.path} is not here. The setting substitutePath of the launch configuration says where sources are.`);
  }
}

/** The command of a tree item that leads to a place. */
export function toPlace(place: Place | undefined): vscode.Command | undefined {
  return place && { command: "dlvAsync.openPlace", title: "Go to", arguments: [place] };
}
