// Starts the server, hands it the settings, and starts it anew when what it was started from changes. All else is the server's.

import * as vscode from "vscode";
import {
  DidChangeConfigurationNotification,
  LanguageClient,
  type LanguageClientOptions,
  State,
} from "vscode-languageclient/node";
import { findLaunch, installer, NotFound } from "./launch";
import { activeInterpreter, onInterpreterChange } from "./python";
import { settings } from "./settings";

class Seawall {
  private readonly output = vscode.window.createOutputChannel("Seawall");
  private readonly status = vscode.languages.createLanguageStatusItem("seawall", { language: "python" });
  private client: LanguageClient | undefined;
  private command: string | undefined;
  /** The one chosen in the Python extension: what the project runs with, whatever the server runs with. */
  private interpreter: string | undefined;
  private queue = Promise.resolve();

  constructor(private readonly context: vscode.ExtensionContext) {
    this.status.name = "Seawall";
    this.status.text = "Seawall";
    this.status.command = { title: "Restart", command: "seawall.restart" };
    context.subscriptions.push(this.output, this.status);
  }

  /** One start or stop at a time, in the order in which they were asked for. */
  restart(): Promise<void> {
    this.queue = this.queue.then(async () => {
      await this.stopNow();
      await this.startNow();
    });
    return this.queue;
  }

  stop(): Promise<void> {
    this.queue = this.queue.then(() => this.stopNow());
    return this.queue;
  }

  /** Start anew if the server would now come from elsewhere. */
  async reconsider(): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    const launch = await findLaunch(folder).catch(() => undefined);
    if (launch && (!this.client || launch.command !== this.command)) {
      await this.restart();
    } else {
      this.interpreter = await activeInterpreter(folder?.uri);
      await this.sendSettings();
    }
  }

  async sendSettings(): Promise<void> {
    if (this.client?.state === State.Running) {
      await this.client.sendNotification(DidChangeConfigurationNotification.type, {
        settings: { seawall: this.settings() },
      });
    }
  }

  showOutput(): void {
    this.output.show(true);
  }

  private settings(resource?: vscode.Uri): Record<string, unknown> {
    const python = this.interpreter ? { python: this.interpreter } : {};
    return { ...python, ...settings(this.context.extension, resource) };
  }

  private async startNow(): Promise<void> {
    const folder = vscode.workspace.workspaceFolders?.[0];
    try {
      this.interpreter = vscode.workspace.isTrusted ? await activeInterpreter(folder?.uri) : undefined;
      const { command, args, origin } = await findLaunch(folder);
      this.output.appendLine(`Starting ${[command, ...args].join(" ")} (found through ${origin})`);
      this.client = new LanguageClient("seawall", "Seawall", { command, args }, this.options());
      this.client.onDidChangeState(({ newState }) => {
        this.status.busy = newState === State.Starting;
        this.status.detail = newState === State.Stopped ? "stopped" : `from ${origin}`;
      });
      await this.client.start();
      this.command = command;
      this.status.severity = vscode.LanguageStatusSeverity.Information;
    } catch (error) {
      this.client = undefined;
      this.status.severity = vscode.LanguageStatusSeverity.Error;
      this.status.detail = "not running";
      this.output.appendLine(String(error instanceof Error ? error.message : error));
      void this.explain(error);
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose().catch((error: unknown) => this.output.appendLine(`While stopping: ${String(error)}`));
  }

  private options(): LanguageClientOptions {
    return {
      documentSelector: [{ scheme: "file", language: "python" }],
      outputChannel: this.output,
      initializationOptions: () => ({ settings: this.settings() }),
      // No `synchronize` here: the server itself registers the files to watch, and twice would tell each change twice.
      middleware: {
        workspace: {
          configuration: async (asked, token, next) => {
            const answers = await next(asked, token);
            return Array.isArray(answers)
              ? asked.items.map(({ section, scopeUri }, at) =>
                  section === "seawall"
                    ? this.settings(scopeUri ? vscode.Uri.parse(scopeUri) : undefined)
                    : (answers[at] as unknown),
                )
              : answers;
          },
          didChangeConfiguration: () => Promise.resolve(), // We tell it ourselves, in `sendSettings`.
        },
      },
    };
  }

  private async explain(error: unknown): Promise<void> {
    if (!(error instanceof NotFound)) {
      const chosen = await vscode.window.showErrorMessage("Seawall's server did not start.", "Show Output");
      return chosen && this.showOutput();
    }
    const install = "Install into Environment";
    const choose = "Choose Interpreter";
    const configure = "Open Settings";
    const python = vscode.extensions.getExtension("ms-python.python") !== undefined;
    const chosen = await vscode.window.showErrorMessage(
      `${error.message}. Install it with \`pip install seawall\`, or say where it is.`,
      ...(error.interpreter && vscode.workspace.isTrusted ? [install] : []),
      ...(python ? [choose] : []),
      configure,
    );
    if (chosen === install && error.interpreter) {
      await this.install(error.interpreter);
    } else if (chosen === choose) {
      await vscode.commands.executeCommand("python.setInterpreter");
    } else if (chosen === configure) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "@ext:seawall.seawall");
    }
  }

  /** In sight of the user, as a task; the server starts once it is done. */
  private async install(interpreter: string): Promise<void> {
    const [command, args] = await installer(interpreter);
    const execution = new vscode.ProcessExecution(command, args);
    const task = new vscode.Task({ type: "seawall" }, vscode.TaskScope.Workspace, "install", "seawall", execution);
    const running = await vscode.tasks.executeTask(task);
    const ended = vscode.tasks.onDidEndTaskProcess(({ execution: done, exitCode }) => {
      if (done === running) {
        ended.dispose();
        if (exitCode === 0) {
          void this.restart();
        }
      }
    });
  }
}

let seawall: Seawall | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const server = (seawall = new Seawall(context));
  context.subscriptions.push(
    vscode.commands.registerCommand("seawall.restart", () => server.restart()),
    vscode.commands.registerCommand("seawall.showOutput", () => server.showOutput()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => server.reconsider()),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("seawall.interpreter") || change.affectsConfiguration("seawall.path")) {
        void server.restart();
      } else if (change.affectsConfiguration("seawall")) {
        void server.sendSettings();
      }
    }),
  );
  await server.restart();
  const chosen = await onInterpreterChange(() => void server.reconsider());
  if (chosen) {
    context.subscriptions.push(chosen);
  }
}

export function deactivate(): Promise<void> | undefined {
  return seawall?.stop();
}
