"""Random edits of a small service: kinds that leave every finding what it is, and kinds that change the code that one is about."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Callable, Mapping

Files = dict[str, str]

SERVICE: Mapping[str, str] = {
    "genai-service.toml": """\
schema = 1

[service]
name = "sample"
reach = ["registered-public"]

[output]
modalities = ["text"]

[accounts]
registration = "required"

[implements]
org-label = { hook = "labels:mark" }
org-complaints = { endpoint = "POST /api/complaints" }
org-logs = { setting = "config.yaml#logging.days" }
org-terms = { document = "terms.md" }

[policy]
packs = ["org"]
""",
    "labels.py": """\
def mark(text: str) -> str:
    return "AI generated: " + text
""",
    "talk.py": """\
from openai import OpenAI

client = OpenAI()


def talk(prompt: str) -> str:
    answer = client.chat.completions.create(model="talker", temperature=0.5, messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content


def write(prompt: str) -> str:
    return client.chat.completions.create(model="writer", messages=[{"role": "user", "content": prompt}]).choices[0].message.content
""",
    "app.py": """\
from fastapi import FastAPI

from labels import mark
from talk import talk, write

app = FastAPI()


@app.post("/talk")
def talking(prompt: str) -> str:
    return talk(prompt)


@app.post("/write")
def writing(prompt: str) -> str:
    text = write(prompt)
    if len(text) > 100:
        return mark(text)
    return text


@app.post("/marked")
def marked(prompt: str) -> str:
    return mark(write(prompt))


@app.post("/api/complaints")
def complain(text: str) -> dict:
    return {"received": True}
""",
    "server.ts": """\
import express from "express";
import OpenAI from "openai";

const app = express();
const openai = new OpenAI();

app.get("/health", (req, res) => {
  res.json({ ok: true });
});

app.post("/poem", async (req, res) => {
  const answer = await openai.chat.completions.create({ model: "poet", messages: [{ role: "user", content: req.body.topic }] });
  res.json({ text: answer.choices[0].message.content });
});
""",
    "config.yaml": """\
server:
  port: 8000
logging:
  level: info
  days: 20
""",
    "terms.md": """\
# Terms of use

Whoever uses this service agrees to behave. We keep what you write for as long as the law asks, and no longer than that.
""",
}
PYTHON = ("app.py", "labels.py", "talk.py")


# ---- edits that keep every finding -----------------------------------------------------------------------------------------


def comments_and_blank_lines(files: Files, chance: random.Random) -> None:
    """Add comments and blank lines between statements, anywhere."""
    for _ in range(chance.randint(1, 6)):
        file = chance.choice([*PYTHON, "server.ts", "config.yaml", "genai-service.toml"])
        lines = files[file].split("\n")
        spots = [0] if file != "app.py" else [0, 1]
        spots += [n for n, line in enumerate(lines) if line and not line[0].isspace() and not line.startswith(("}", ")"))]
        mark = "//" if file.endswith(".ts") else "#"
        spot = chance.choice([n for n in spots if n == 0 or not lines[n - 1].startswith("@")])
        lines[spot:spot] = [""] * chance.randint(0, 4) + [f"{mark} note {chance.randint(0, 999)}"] * chance.randint(0, 2)
        files[file] = "\n".join(lines)


def reformat(files: Files, chance: random.Random) -> None:
    """Write the Python files as another formatter would, and break the lines of the others elsewhere."""
    file = chance.choice([*PYTHON, "server.ts"])
    if file == "server.ts":
        files[file] = (
            files[file].replace("{ ", "{\n      ", chance.randint(1, 9)).replace(", messages", ",\n    messages").replace('"', "'")
        )
    else:
        # comments go, quotes and line breaks are normalised
        files[file] = ast.unparse(ast.parse(files[file])) + "\n"
        if chance.random() < 0.5:
            files[file] = re.sub(r"\(model=", "(\n        model=", files[file])


def reorder_functions(files: Files, chance: random.Random) -> None:
    """Put the functions of a Python file into another order."""
    file = chance.choice(["app.py", "talk.py"])
    head, *functions = re.split(r"\n\n\n(?=@|def )", files[file].rstrip("\n"))
    chance.shuffle(functions)
    files[file] = "\n\n\n".join([head, *functions]) + "\n"


def reorder_declarations(files: Files, chance: random.Random) -> None:
    """Put the tables of the manifest and the keys of the settings into another order."""
    head, *tables = files["genai-service.toml"].split("\n[")
    chance.shuffle(tables)
    files["genai-service.toml"] = "\n[".join([head, *(table.rstrip("\n") + "\n" for table in tables)])
    if "logging:\n  level: info\n  days:" in files["config.yaml"]:
        files["config.yaml"] = re.sub(r"  level: info\n(  days: \d+\n)", r"\1  level: info\n", files["config.yaml"])


def rename_files(files: Files, chance: random.Random) -> None:
    """Rename a file, and say so where it is named."""
    number = chance.randint(1, 99)
    what = chance.choice(["talk", "labels", "config", "terms", "server", "app"])
    if what in ("talk", "labels"):
        files[f"{what}_{number}.py"] = files.pop(f"{what}.py")
        for other in [name for name in files if name.endswith(".py")]:
            files[other] = files[other].replace(f"from {what} import", f"from {what}_{number} import")
        files["genai-service.toml"] = files["genai-service.toml"].replace(f'"{what}:', f'"{what}_{number}:')
    else:
        old = next(name for name in files if name.startswith(what + "."))
        new = f"{old.partition('.')[0]}_{number}.{old.partition('.')[2]}"
        files[new] = files.pop(old)
        files["genai-service.toml"] = files["genai-service.toml"].replace(f'"{old}', f'"{new}')


def move_code(files: Files, chance: random.Random) -> None:
    """Move a function that generates into a file of its own."""
    name = chance.choice(["talk", "write"])
    head, *functions = re.split(r"\n\n\n(?=def )", files["talk.py"].rstrip("\n"))
    moved = next(one for one in functions if one.startswith(f"def {name}("))
    files["talk.py"] = "\n\n\n".join([head, *(one for one in functions if one is not moved)]) + "\n"
    files["moved.py"] = f"{head}\n\n\n{moved}\n"
    other = "write" if name == "talk" else "talk"
    files["app.py"] = files["app.py"].replace("from talk import talk, write", f"from moved import {name}\nfrom talk import {other}")


def unrelated_code(files: Files, chance: random.Random) -> None:
    """Add code that generates nothing, and a route that is labelled."""
    number = chance.randint(1, 99)
    files["app.py"] += f'\n\n@app.post("/more{number}")\ndef more_{number}(prompt: str) -> str:\n    return mark(write(prompt))\n'
    files[f"sums_{number}.py"] = f"def total_{number}(values: list) -> int:\n    return sum(values) + {number}\n"


KEEPING: tuple[Callable[[Files, random.Random], None], ...] = (
    comments_and_blank_lines,
    reformat,
    reorder_functions,
    reorder_declarations,
    rename_files,
    move_code,
    unrelated_code,
)


# ---- edits of the code that a finding is about ------------------------------------------------------------------------------


def _replacing(file: str, old: str, *new: str) -> Callable[[Files, random.Random], None]:
    def edit(files: Files, chance: random.Random) -> None:
        assert old in files[file]
        files[file] = files[file].replace(old, chance.choice(new).replace("#", str(chance.randint(2, 9))), 1)

    return edit


#: A piece of the message of the finding that each must break, and the edit.
BREAKING: tuple[tuple[str, Callable[[Files, random.Random], None]], ...] = (
    ("/talk", _replacing("talk.py", 'model="talker"', 'model="other-#"', 'model="talker", top_p=0.#')),
    ("/talk", _replacing("talk.py", "temperature=0.5", "temperature=0.#1", "max_tokens=#")),
    ("/talk", _replacing("app.py", '"/talk"', '"/talk#"', '"/v#/talk"')),
    ("/talk", _replacing("app.py", 'post("/talk")', 'put("/talk")', 'patch("/talk")')),
    ("/talk", _replacing("talk.py", 'chat.completions.create(model="talker"', 'beta.chat.completions.parse(model="talker"')),
    ("/write", _replacing("talk.py", 'model="writer"', 'model="other-#"')),
    ("/write", _replacing("talk.py", '"user", "content": prompt}]).', '"system", "content": prompt}], n=#).')),
    ("/write", _replacing("app.py", '"/write"', '"/write#"')),
    ("/poem", _replacing("server.ts", 'model: "poet"', 'model: "poet-#"')),
    ("/poem", _replacing("server.ts", "req.body.topic", "req.body.topics[#]")),
    ("/poem", _replacing("server.ts", '"/poem"', '"/poems#"')),
    ("logging.days", _replacing("config.yaml", "days: 20", "days: 1#", "days: 3#")),
    ("/api/complaints", _replacing("genai-service.toml", "POST /api/complaints", "POST /api/complaints/#")),
)
