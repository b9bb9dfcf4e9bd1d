#!/usr/bin/env python3
"""Writes test/references/chat-templates.json: what jinja2 makes of llama.cpp's chat templates.

    python3 scripts/template-references.py TEMPLATES     (pip install jinja2)

TEMPLATES is the folder models/templates of the llama.cpp release that node-llama-cpp bundles: git clone
node_modules/node-llama-cpp/llama/gitRelease.bundle. The environment is the one in which Transformers renders
chat templates. Of each text its length in UTF-8 bytes and the start of its SHA-256 are kept, since most of a text
is the template's own; of each refusal the message.
"""

import datetime
import hashlib
import json
import pathlib
import sys

import jinja2
import jinja2.ext
import jinja2.sandbox

FOLDER = pathlib.Path(__file__).parent.parent / "test" / "references"
DATE = datetime.datetime(2026, 11, 28)


class GenerationBlock(jinja2.ext.Extension):
    """{% generation %} marks what a model wrote; it writes its body."""

    tags = {"generation"}

    def parse(self, parser):
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def raise_exception(message):
    raise jinja2.TemplateError(message)


def to_json(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def environment():
    made = jinja2.sandbox.ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[GenerationBlock, jinja2.ext.loopcontrols]
    )
    made.filters["tojson"] = to_json
    made.globals.update(raise_exception=raise_exception, strftime_now=DATE.strftime)
    return made


def render(source, messages, thinking):
    variables = dict(
        messages=[{"role": role, "content": content} for role, content in messages],
        add_generation_prompt=True,
        enable_thinking=thinking,
        bos_token="<s>",
        eos_token="</s>",
        tools=None,
        documents=None,
    )
    try:
        text = environment().from_string(source).render(**variables).encode()
    except Exception as error:  # a template may fail in any way
        return {"error": str(error)}
    return f"{len(text)} {hashlib.sha256(text).hexdigest()[:16]}"


def main():
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    conversations = json.loads((FOLDER / "conversations.json").read_text("utf-8"))
    references = {}
    for path in sorted(pathlib.Path(sys.argv[1]).glob("*.jinja")):
        source = path.read_text("utf-8")
        references[path.name] = {
            name: [render(source, messages, True), render(source, messages, False)]
            for name, messages in conversations.items()
        }
    text = json.dumps(references, ensure_ascii=False, indent=1)
    (FOLDER / "chat-templates.json").write_text(text + "\n", "utf-8")


main()
