"""The command line in the surroundings of containers and cron jobs, and on other versions of Java."""

import glob
import json
import os
import pathlib

import pytest

SCENARIOS = ("首页", "搜索", "推荐")


def without_locale():
    """Return this process' environment without any locale, as a container starts a command."""
    return {
        name: value
        for name, value in os.environ.items()
        if name != "LANG" and not name.startswith("LC_")
    }


def java_25():
    """Return the folder of a JDK 25 or later: ``$JAVA_HOME_25``, or one of the usual places."""
    places = [os.environ.get("JAVA_HOME_25", ""), *glob.glob("/usr/lib/jvm/*25*")]
    return next((place for place in places if place and os.access(f"{place}/bin/java", os.X_OK)), None)


def log(folder):
    """Write a log whose names and values are Chinese, and return its path."""
    lines = ["用户ID,物品ID,场景,is_click"]
    for i in range(300):
        lines.append(f"{i % 17},{i * 7 % 29},{SCENARIOS[i % 3]},{i * i % 7 % 2}")
    path = folder / "日志.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize("locale", [{}, {"LANG": "C"}, {"LC_ALL": "POSIX"}, {"LANG": "xx_XX.UTF-8"}])
def test_guess_without_a_locale(scenerank, tmp_path, locale):
    guess = scenerank.checked("prepare", log(tmp_path), "--guess", env=without_locale() | locale)
    assert "name: 日志" in guess.stdout or 'name: "日志"' in guess.stdout
    assert SCENARIOS[0] in guess.stdout
    assert "?" not in guess.stdout and "\ufffd" not in guess.stdout


def test_run_without_a_locale(scenerank, tmp_path):
    env = without_locale()
    description = tmp_path / "描述.yaml"
    description.write_text(
        "labels: {点击: is_click}\nscenario: 场景\nuser: 用户ID\n"
        "columns: [{name: 用户ID, group: [mmoe]}, {name: 物品ID, group: [mmoe]}, {name: 场景}]\n",
        encoding="utf-8",
    )
    data, out = tmp_path / "数据", tmp_path / "训练"
    scenerank.checked("prepare", log(tmp_path), "--config", description, "--out", data, env=env)
    options = ("--data", data, "--epochs", 1, "--out", out, "--json")
    report = json.loads(scenerank.checked("run", "mmoe", *options, env=env).stdout)
    assert sorted(report["per_scenario"]) == sorted(SCENARIOS)
    assert json.loads((out / "metrics.json").read_text(encoding="utf-8")) == report


@pytest.mark.skipif(java_25() is None, reason="no JDK 25 here; JAVA_HOME_25 names one")
def test_java_25_warns_of_nothing(scenerank, run_of, data, tmp_path):
    java = pathlib.Path(java_25()) / "bin"
    env = os.environ | {"PATH": f"{java}{os.pathsep}{os.environ['PATH']}", "JAVA_HOME": java_25()}
    rows = data.folder / "test.parquet"
    predict = ("predict", run_of("mmoe"), "--input", rows, "--output", tmp_path / "scores.parquet")
    train = ("train", "--data", data.folder, "--model", "mmoe", "--epochs", 1, "--out", tmp_path / "run")
    for arguments in (predict, train):
        assert "WARNING" not in scenerank.checked(*arguments, env=env).stderr
