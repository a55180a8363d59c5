// Playwright at the end of a pipe: one JSON request a line, one JSON answer a line.
// A request is [method, ...arguments]; see `methods`.

import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const [modules, chromium] = process.argv.slice(2);
const playwright = createRequire(`${modules}/`)("playwright-core");
const quiet = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
const browser = await playwright.chromium.launch({ executablePath: chromium, args: quiet.split(" ") });
const page = await browser.newPage({ viewport: { width: 1280, height: 1200 } });

const methods = {
  visit: (url) => page.goto(url).then(() => true),
  press: (key) => page.keyboard.press(key).then(() => true),
  type: (text) => page.keyboard.type(text).then(() => true),
  insert: (text) => page.keyboard.insertText(text).then(() => true),
  texts: (selector) => page.locator(selector).allInnerTexts(),
  labels: (selector) =>
    page.locator(selector).evaluateAll((found) => found.map((element) => element.getAttribute("aria-label"))),
  click: (selector, text) => page.locator(selector).filter({ hasText: text }).first().click().then(() => true),
  screenshot: (path) => page.screenshot({ path }).then(() => true),
};

for await (const line of createInterface({ input: process.stdin })) {
  const [method, ...args] = JSON.parse(line);
  const answer = await methods[method](...args).then(
    (value) => ({ value }),
    (error) => ({ error: String(error) }),
  );
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
await browser.close();
