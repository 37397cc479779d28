package io.djinn.opclass.builtin.json.path;

import io.djinn.opclass.builtin.json.value.JsonNumbers;
import java.util.List;

/** Prints a path as PostgreSQL's output function does, parentheses and blanks included. */
final class PathPrinter {
  private final StringBuilder out = new StringBuilder();

  private PathPrinter() {}

  static String print(JsonPath path) {
    PathPrinter printer = new PathPrinter();
    printer.out.append(path.isLax() ? "" : "strict ");
    printer.print(path.root(), false, true);
    return printer.out.toString();
  }

  /**
   * @param isBehind whether the item stands behind another one
   * @param isBracketed whether an operator is to stand in parentheses
   */
  private void print(PathItem first, boolean isBehind, boolean isBracketed) {
    boolean behind = isBehind;
    boolean bracketed = isBracketed;
    for (PathItem item = first; item != null; item = item.next()) {
      printOne(item, behind, bracketed);
      behind = true;
      bracketed = true;
    }
  }

  private void printOne(PathItem item, boolean isBehind, boolean isBracketed) {
    PathKind kind = item.kind();
    switch (kind) {
      case STRING -> quote(item.text());
      case NUMBER -> {
        String number = JsonNumbers.toText(item.number());
        out.append(item.next() == null ? number : "(" + number + ")");
      }
      case BOOLEAN -> out.append(item.scalar());
      case NULL, ROOT, CURRENT, LAST, ANY_ARRAY -> out.append(kind.spelling());
      case KEY -> {
        out.append(isBehind ? "." : "");
        quote(item.text());
      }
      case ANY_KEY -> out.append(isBehind ? ".*" : "*");
      case ANY -> printLevels(item, isBehind);
      case AND, OR -> printJunction(item, isBracketed);
      case LIKE_REGEX -> {
        out.append(isBracketed ? "(" : "");
        printOperand(item, 0);
        out.append(" like_regex ");
        quote(item.text());
        if (!item.flags().isEmpty()) {
          out.append(" flag \"").append(item.flags()).append('"');
        }
        out.append(isBracketed ? ")" : "");
      }
      case PLUS, MINUS -> {
        out.append(isBracketed ? "(" : "").append(kind.spelling());
        printOperand(item, 0);
        out.append(isBracketed ? ")" : "");
      }
      case NOT -> printInside("!(", item, ")");
      case IS_UNKNOWN -> printInside("(", item, ") is unknown");
      case EXISTS -> printInside("exists (", item, ")");
      case FILTER -> printInside("?(", item, ")");
      case INDEX_ARRAY -> printSubscripts(item.arguments());
      default -> {
        if (kind.isMethod()) {
          printMethod(item);
        } else {
          out.append(isBracketed ? "(" : "");
          printOperand(item, 0);
          out.append(' ').append(kind.spelling()).append(' ');
          printOperand(item, 1);
          out.append(isBracketed ? ")" : "");
        }
      }
    }
  }

  private void printInside(String before, PathItem item, String after) {
    out.append(before);
    print(item.argument(0), false, false);
    out.append(after);
  }

  private void printOperand(PathItem item, int index) {
    PathItem operand = item.argument(index);
    print(operand, false, operand.kind().priority() <= item.kind().priority());
  }

  /** Operands join from the left, and the left ones of several stand in parentheses. */
  private void printJunction(PathItem item, boolean isBracketed) {
    int count = item.arguments().size();
    out.append(isBracketed ? "(" : "").append("(".repeat(count - 2));
    for (int i = 0; i < count; i++) {
      if (i > 0) {
        out.append(i > 1 ? ")" : "").append(' ').append(item.kind().spelling()).append(' ');
      }
      printOperand(item, i);
    }
    out.append(isBracketed ? ")" : "");
  }

  private void printLevels(PathItem item, boolean isBehind) {
    out.append(isBehind ? ".**" : "**");
    int first = item.firstLevel();
    int last = item.lastLevel();
    if (first == last) {
      out.append('{').append(level(first)).append('}');
    } else if (first != 0 || last != PathItem.LAST_LEVEL) {
      out.append('{').append(level(first)).append(" to ").append(level(last)).append('}');
    }
  }

  private static String level(int level) {
    return level == PathItem.LAST_LEVEL ? "last" : Integer.toString(level);
  }

  private void printSubscripts(List<PathItem> bounds) {
    for (int i = 0; i < bounds.size(); i += 2) {
      out.append(i == 0 ? '[' : ',');
      print(bounds.get(i), false, false);
      if (bounds.get(i + 1) != null) {
        out.append(" to ");
        print(bounds.get(i + 1), false, false);
      }
    }
    out.append(']');
  }

  private void printMethod(PathItem item) {
    out.append('.').append(item.kind().spelling()).append('(');
    for (int i = 0; i < item.arguments().size(); i++) {
      out.append(i > 0 ? "," : "");
      print(item.argument(i), false, false);
    }
    out.append(')');
  }

  private void quote(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        default -> out.append(c < ' ' ? String.format("\\u%04x", (int) c) : String.valueOf(c));
      }
    }
    out.append('"');
  }
}
