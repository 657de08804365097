package dev.workflowsteps.server.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns as wide as their widest cell, two blanks between them. */
final class TextTable {

  private final List<String[]> rows = new ArrayList<>();

  TextTable(String... heading) {
    rows.add(heading);
  }

  /** A row with as many cells as the heading. */
  void add(String... cells) {
    rows.add(cells);
  }

  void print(PrintWriter writer) {
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int column = 0; column < row.length; column++) {
        line.append(row[column]).append(" ".repeat(width(column) - row[column].length() + 2));
      }
      writer.println(line.toString().stripTrailing());
    }
    writer.flush();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row[column].length()).max().orElse(0);
  }
}
