"""Opens a page in headless Chromium, does what a reader would do, and tells what came of it.

    browser.py PAGE WIDTH STEPS.json > answer.json

Steps are a list of objects with one member each: {"evaluate": "an expression"}, {"key": "ArrowUp"}, {"wheel": ["query", delta]},
{"drag": ["query", x0, y0, x1, y1]}, {"media": {"prefers-reduced-motion": "reduce"}}, {"script": false} (open again without
scripts), {"screenshot": "file.png"}.
Places are shares of the element's width and height. The answer holds the value of each step as text, the addresses that were asked for, and all complaints.
Chromium is spoken to through two pipes, in the protocol of its developer tools; nothing but Python is needed.
"""
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time


class Browser:
    def __init__(self, width, height=900):
        self.folder = tempfile.mkdtemp()
        program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        self.there, to = os.pipe()
        back, self.here = os.pipe()
        self.write, self.read = to, back
        flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--hide-scrollbars", f"--window-size={width},{height}", f"--user-data-dir={self.folder}",
                 "--remote-debugging-pipe", "about:blank"]
        # The browser reads file 3 and writes file 4.
        command = f'exec "$0" "$@" 3<&{self.there} 4>&{self.here}'
        self.process = subprocess.Popen(["bash", "-c", command, program] + flags, pass_fds=(self.there, self.here), stderr=subprocess.DEVNULL)
        os.close(self.there)
        os.close(self.here)
        self.buffer, self.number, self.session = b"", 0, None
        self.requests, self.complaints, self.loaded = [], [], False

    def message(self):
        while b"\0" not in self.buffer:
            part = os.read(self.read, 1 << 20)
            if not part:
                raise SystemExit("the browser has gone")
            self.buffer += part
        text, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(text)

    def heed(self, event):
        method, params = event.get("method"), event.get("params", {})
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"][:100])
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            self.complaints.append(str([a.get("value", a.get("description")) for a in params["args"]]))
        elif method == "Runtime.exceptionThrown":
            detail = params["exceptionDetails"]
            self.complaints.append(detail.get("exception", {}).get("description", detail["text"]))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.complaints.append(params["entry"]["text"])
        elif method == "Page.loadEventFired":
            self.loaded = True

    def ask(self, method, **params):
        self.number += 1
        call = {"id": self.number, "method": method, "params": params}
        if self.session:
            call["sessionId"] = self.session
        os.write(self.write, json.dumps(call).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]
            self.heed(answer)

    def open(self, page, width, height=900):
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 600)
        self.page = page
        self.load(page)

    def load(self, page):
        self.loaded = False
        self.ask("Page.navigate", url="file://" + os.path.abspath(page))
        while not self.loaded:
            self.heed(self.message())

    def place(self, query, across, down):
        """Pixels of the window at shares of an element's width and height."""
        box = f"document.querySelector(`{query}`).getBoundingClientRect()"
        left, top, width, height = json.loads(self.do({"evaluate": f"(b => [b.left, b.top, b.width, b.height])({box})"}))
        return left + across * width, top + down * height

    def do(self, step):
        (verb, what), = step.items()
        if verb == "evaluate":
            answer = self.ask("Runtime.evaluate", expression=what, awaitPromise=True, returnByValue=True)
            if "exceptionDetails" in answer:
                return "error: " + answer["exceptionDetails"].get("exception", {}).get("description", "?")
            value = answer["result"].get("value")
            return value if isinstance(value, str) or value is None else json.dumps(value)
        if verb == "key":
            text = {"Space": " "}.get(what, what)
            more = {"text": text} if len(text) == 1 else {}
            self.ask("Input.dispatchKeyEvent", type="keyDown", key=text, **more)
            self.ask("Input.dispatchKeyEvent", type="keyUp", key=text)
        elif verb == "wheel":
            x, y = self.place(what[0], 0.5, 0.5)
            self.ask("Input.dispatchMouseEvent", type="mouseWheel", x=x, y=y, deltaX=0, deltaY=what[1])
        elif verb == "drag":
            (x0, y0), (x1, y1) = self.place(*what[:3]), self.place(what[0], *what[3:])
            self.ask("Input.dispatchMouseEvent", type="mousePressed", x=x0, y=y0, button="left", clickCount=1)
            for i in range(1, 5):
                self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x0 + (x1 - x0) * i / 4, y=y0 + (y1 - y0) * i / 4, button="left", buttons=1)
            self.ask("Input.dispatchMouseEvent", type="mouseReleased", x=x1, y=y1, button="left", clickCount=1)
        elif verb == "media":
            self.ask("Emulation.setEmulatedMedia", features=[{"name": k, "value": v} for k, v in what.items()])
        elif verb == "screenshot":
            data = self.ask("Page.captureScreenshot", format="png")["data"]
            with open(what, "wb") as file:
                file.write(base64.b64decode(data))
        elif verb == "script":
            self.ask("Emulation.setScriptExecutionDisabled", value=not what)
            self.load(self.page)
        else:
            raise SystemExit(f"no step is called {verb}")
        time.sleep(0.1)
        return None

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def main():
    page, width = sys.argv[1], int(sys.argv[2])
    with open(sys.argv[3], encoding="utf-8") as file:
        steps = json.load(file)
    browser = Browser(width)
    try:
        browser.open(page, width)
        values = [browser.do(step) for step in steps]
        print(json.dumps({"values": values, "requests": browser.requests, "complaints": browser.complaints}))
    finally:
        browser.close()


if __name__ == "__main__":
    main()
