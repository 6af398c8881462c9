"""The lines of code in the documentation, run as they are written there."""

import re
import subprocess
import types

from conftest import CLASSPATH, HERE

PROJECT = HERE.parent


def documentation():
    """Return the text of the README and of all pages in ``docs/``."""
    pages = [PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md"))]
    return "\n".join(page.read_text(encoding="utf-8") for page in pages)


def readme_code(name, language, replacements):
    """Return the lines below ``<!-- test: name -->``, with other paths."""
    pattern = rf"<!-- test: {name} -->\n```{language}\n(.*?)```"
    (code,) = re.findall(pattern, documentation(), re.DOTALL)
    for old, new in replacements.items():
        assert old in code, old
        code = code.replace(old, str(new))
    return code


def run_python(code, **names):
    """Run lines of a page; return what they define."""
    exec(compile(code, "documentation", "exec"), names)  # the project's own lines
    return types.SimpleNamespace(**names)


def run_java(code, folder):
    """Run lines of a page as a program."""
    lines = code.splitlines()
    imports = [line for line in lines if line.startswith("import ")]
    body = [line for line in lines if not line.startswith("import ")]
    main = "public static void main(String[] arguments) throws Exception {"
    program = [*imports, "public class Program {", main, *body, "}}"]
    source = folder / "Program.java"
    source.write_text("\n".join(program), encoding="utf-8")
    command = ["java", "-Dfile.encoding=UTF-8", "-cp", CLASSPATH, source]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
