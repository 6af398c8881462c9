package io.scenerank.testing;

import com.google.common.base.Splitter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts methods out of source files: {@code Type.method}, the first of that name in the type, or in
 * Java {@code Type.method#2}, the second.
 */
public final class SourceMembers {
  private SourceMembers() {}

  /** A method of a file in Java or Python, without indentation and Javadoc. */
  public static String cut(Path file, String name) throws IOException {
    String type = name.substring(0, name.indexOf('.'));
    String method = name.substring(name.indexOf('.') + 1);
    String source = Files.readString(file);
    String found =
        file.toString().endsWith(".py") ? python(source, type, method) : java(source, type, method);
    if (found.isEmpty()) {
      throw new AssertionError("no " + name + " in " + file);
    }
    return found.stripTrailing().stripIndent();
  }

  private static String python(String source, String type, String method) {
    StringBuilder found = new StringBuilder();
    boolean inType = false;
    boolean inMethod = false;
    for (String line : source.lines().toList()) {
      if (line.startsWith("class ")) {
        inType = line.matches("class " + type + "\\b.*");
      }
      if (line.matches(" {0,4}\\S.*") && !line.startsWith("    )")) {
        inMethod = inType && found.isEmpty() && line.startsWith("    def " + method + "(");
      }
      if (inMethod) {
        found.append(line).append('\n');
      }
    }
    return found.toString();
  }

  private static String java(String source, String type, String method) {
    Matcher declared =
        Pattern.compile("\\b(class|record|interface|enum) " + type + "\\b").matcher(source);
    if (!declared.find()) {
      return "";
    }
    List<String> numbered = Splitter.on('#').splitToList(method);
    int wanted = numbered.size() == 1 ? 1 : Integer.parseInt(numbered.get(1));
    Pattern name = Pattern.compile("\\b" + numbered.get(0) + "\\(");
    for (String member : members(source, declared.start())) {
      int body = member.indexOf('{');
      if (body > 0 && name.matcher(member.substring(0, body)).find() && --wanted == 0) {
        return member;
      }
    }
    return "";
  }

  /** The members of the type that is declared there; each begins with its indentation. */
  private static List<String> members(String source, int declared) {
    List<String> members = new ArrayList<>();
    int depth = 0;
    int start = -1;
    for (int i = typeBody(source, declared); i < source.length() && depth >= 0; i++) {
      char c = source.charAt(i);
      i = behindTextOrComment(source, i);
      if (depth == 0 && start < 0 && !Character.isWhitespace(c) && c != '/') {
        start = source.lastIndexOf('\n', i) + 1;
      }
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (depth == 0 && start >= 0 && (c == '}' || c == ';')) {
        members.add(source.substring(start, i + 1));
        start = -1;
      }
    }
    return members;
  }

  /** Behind the brace that opens the type; a record's components have none. */
  private static int typeBody(String source, int declared) {
    return source.indexOf('{', declared) + 1;
  }

  /** The last character of the text or comment that begins there, or the place itself. */
  private static int behindTextOrComment(String source, int i) {
    if (source.startsWith("/*", i)) {
      return source.indexOf("*/", i) + 1;
    }
    if (source.startsWith("//", i)) {
      return source.indexOf('\n', i) - 1;
    }
    char quote = source.charAt(i);
    if (quote != '"' && quote != '\'') {
      return i;
    }
    int end = i + 1;
    while (source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    return end;
  }
}
