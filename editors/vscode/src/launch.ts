// Where the server is: the first of the user's own words, the Python extension's choice, `.venv` and PATH that has it.

import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { activeInterpreter } from "./python";

const windows = process.platform === "win32";
const run = promisify(execFile);

export interface Launch {
  command: string;
  args: string[];
  /** How it was found, for the output. */
  origin: string;
}

/** Why there is none, and which interpreter could be given one. */
export class NotFound extends Error {
  constructor(
    message: string,
    readonly interpreter?: string,
  ) {
    super(message);
  }
}

export async function findLaunch(folder: vscode.WorkspaceFolder | undefined): Promise<Launch> {
  const settings = vscode.workspace.getConfiguration("seawall", folder);

  const interpreter = expand(settings.get("interpreter", ""), folder);
  if (interpreter) {
    if (await hasSeawall(interpreter)) {
      return viaInterpreter(interpreter, "seawall.interpreter");
    }
    throw new NotFound(`Seawall is not installed for ${interpreter}, which the setting seawall.interpreter names`, interpreter);
  }

  const path = expand(settings.get("path", ""), folder);
  if (path) {
    if (await isExecutable(path)) {
      return { command: path, args: ["server"], origin: "seawall.path" };
    }
    throw new NotFound(`There is no program at ${path}, which the setting seawall.path names`);
  }

  const passedOver: string[] = [];
  // Running an interpreter out of a folder means running the folder's code: trust comes first.
  if (vscode.workspace.isTrusted) {
    for (const [origin, look] of [
      ["the Python extension", () => activeInterpreter(folder?.uri)],
      [".venv", () => venvInterpreter(folder)],
    ] as const) {
      const candidate = await look();
      if (candidate && (await hasSeawall(candidate))) {
        return viaInterpreter(candidate, origin);
      }
      if (candidate) {
        passedOver.push(candidate);
      }
    }
  }

  const installed = await onPath();
  if (installed) {
    return { command: installed, args: ["server"], origin: "PATH" };
  }
  const [first] = passedOver;
  throw new NotFound(
    first ? `Seawall is not installed for ${first}, nor on PATH` : "Seawall was found in no environment, nor on PATH",
    first,
  );
}

/** What installs Seawall for an interpreter: its own pip, or uv where an environment has none. */
export async function installer(interpreter: string): Promise<[string, string[]]> {
  return (await hasModule(interpreter, "pip"))
    ? [interpreter, ["-m", "pip", "install", "seawall"]]
    : ["uv", ["pip", "install", "--python", interpreter, "seawall"]];
}

function viaInterpreter(interpreter: string, origin: string): Launch {
  // -P: a file named json.py or types.py in the workspace must not pass for the standard library's.
  return { command: interpreter, args: ["-P", "-m", "seawall", "server"], origin };
}

const hasSeawall = (interpreter: string): Promise<boolean> => hasModule(interpreter, "seawall");

async function hasModule(interpreter: string, name: string): Promise<boolean> {
  const ask = `import importlib.util, sys; sys.exit(importlib.util.find_spec("${name}") is None)`;
  try {
    await run(interpreter, ["-P", "-c", ask], { timeout: 15_000 });
    return true;
  } catch {
    return false;
  }
}

async function venvInterpreter(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
  if (!folder) {
    return undefined;
  }
  const venv = join(folder.uri.fsPath, ".venv");
  const interpreter = windows ? join(venv, "Scripts", "python.exe") : join(venv, "bin", "python");
  return (await isExecutable(interpreter)) ? interpreter : undefined;
}

async function onPath(): Promise<string | undefined> {
  const name = windows ? "seawall.exe" : "seawall";
  for (const folder of (process.env["PATH"] ?? "").split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (await isExecutable(path)) {
      return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, windows ? constants.F_OK : constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function expand(path: string, folder: vscode.WorkspaceFolder | undefined): string {
  return path
    .trim()
    .replace(/^~(?=$|[\\/])/, () => homedir())
    .replaceAll("${workspaceFolder}", () => folder?.uri.fsPath ?? "");
}
