"""The README's lines, run as they stand there."""

import re
import subprocess
import types

from conftest import CLASSPATH, HERE

README = HERE.parent / "README.md"


def readme_code(name, language, replacements):
    """Return the README's lines below ``<!-- test: name -->``, with other paths."""
    text = README.read_text(encoding="utf-8")
    (code,) = re.findall(rf"<!-- test: {name} -->\n```{language}\n(.*?)```", text, re.DOTALL)
    for old, new in replacements.items():
        assert old in code, old
        code = code.replace(old, str(new))
    return code


def run_python(code, **names):
    """Run lines of the README; return what they define."""
    exec(compile(code, str(README), "exec"), names)  # the project's own lines
    return types.SimpleNamespace(**names)


def run_java(code, folder):
    """Run lines of the README as a program."""
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
