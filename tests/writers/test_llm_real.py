"""The language-model writer against a real model behind a real server: weights drawn by chance, in llama.cpp."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

import cast_builder
import random_model
from described import shop
from personae.endpoint.answers import Answers
from personae.model.worded import Asked
from personae.stages.word import word

pytest.importorskip("openai")
PACKAGES = "PERSONAE_TEST_NODE"
"""The variable that names a folder with node_modules/node-llama-cpp, where it is not below the home folder."""


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the server; skipped where node, node-llama-cpp or the package that writes model files is missing."""
    pytest.importorskip("gguf", reason="the package gguf, which writes model files, is not installed")
    node, packages = shutil.which("node"), Path(os.environ.get(PACKAGES, Path.home()))
    if node is None or not (packages / "node_modules" / "node-llama-cpp").is_dir():
        pytest.skip(f"no node with node-llama-cpp; npm install --ignore-scripts node-llama-cpp, and {PACKAGES}=FOLDER")
    model = random_model.write(tmp_path_factory.mktemp("model") / "random.gguf")
    script = Path(__file__).parent.parent / "endpoint_model.mjs"
    server = subprocess.Popen([node, str(script), str(model), str(packages)], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/v1"
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.slow
def test_a_real_model_answers_in_the_form_and_none_of_its_chance_is_published(url: str, tmp_path: Path) -> None:
    """Its grammar makes every answer fit the schema; its words are by chance, so that every line stays the plain writer's."""
    world = shop(users=1500, seed=0)
    source = replace(cast_builder.cast(), facts=world.facts, personas=world.personas[:2], profiles=world.profiles[:2])
    ask = Asked(model="local:random", url=url, seconds=200, total=500)
    made = word(source, ask, tmp_path, "2026-05-30")
    again = word(source, ask, tmp_path, "2027-05-30")
    assert made.worded is not None and made.worded == again.worded
    assert made.personas == source.personas
    kept = [json.loads(p.read_text()) for p in tmp_path.glob("*.json")]
    whole = [a for a in kept if a["reply"] and a["reply"]["ended"] == "whole"]
    assert whole and made.worded.tokens > 0
    for answer in whole:
        form = answer["request"]["response_format"]["json_schema"]["schema"]
        lines = json.loads(answer["reply"]["text"], strict=False)
        assert set(lines) == set(form["required"])
        assert all(isinstance(line["text"], str) and line["facts"] for line in lines.values())
    assert Answers(tmp_path).find("none") is None
    assert not {k.reason for k in made.worded.kept} & {"the answer was empty", "the answer holds no JSON object"}
