// What the user has set, and nothing else: a default sent along would overrule the project's own [tool.seawall].

import * as vscode from "vscode";

const LAUNCH = new Set(["interpreter", "path", "trace.server"]);

export function settings(extension: vscode.Extension<unknown>, resource?: vscode.Uri): Record<string, unknown> {
  const configuration = vscode.workspace.getConfiguration("seawall", resource);
  const declared: object = extension.packageJSON.contributes.configuration.properties;
  const set: Record<string, unknown> = {};
  for (const key of Object.keys(declared).map((name) => name.replace("seawall.", ""))) {
    const value = configuration.get(key);
    if (!LAUNCH.has(key) && value !== undefined && value !== null) {
      set[key] = value;
    }
  }
  return set;
}
