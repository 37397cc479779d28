package io.djinn.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What one test adds to a family's count, written to {@code target/proof} of its module when
 * closed; {@link ProofReport} adds the parts up and fails where a family is below its count.
 *
 * <p>May be counted from many threads.
 */
public final class ProofPart implements AutoCloseable {
  private final Family family;
  private final String name;
  private final AtomicLong cases = new AtomicLong();
  private final AtomicLong distinct = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final long startNanos = System.nanoTime();
  private String absent = "";

  /**
   * @param name of the part, unique in its family and fit for a file name
   */
  public ProofPart(Family family, String name) {
    if (!name.matches("[A-Za-z0-9-]+")) {
      throw new IllegalArgumentException("part \"" + name + "\": letters, digits and - only");
    }
    this.family = family;
    this.name = name;
  }

  /** Counts cases of which each is unlike every other. */
  public void add(long number) {
    add(number, number);
  }

  /** Counts cases, and those among them that are distinct. */
  public void add(long newCases, long newDistinct) {
    cases.addAndGet(newCases);
    distinct.addAndGet(newDistinct);
  }

  /** Counts cases that failed. */
  public void failed(long number) {
    failures.addAndGet(number);
  }

  /** Says that this part could not run because something is not installed. */
  public void absent(String what) {
    absent = what;
  }

  public long cases() {
    return cases.get();
  }

  /** Writes the part. */
  @Override
  public void close() {
    Path directory = Path.of("target", "proof");
    try {
      Files.createDirectories(directory);
      try (Writer out = Files.newBufferedWriter(directory.resolve(family + "-" + name + ".json"));
          JsonGenerator json = new JsonFactory().createGenerator(out)) {
        json.writeStartObject();
        json.writeStringField("family", family.name());
        json.writeStringField("part", name);
        json.writeStringField("run", System.getProperty("djinn.run", ""));
        json.writeNumberField("cases", cases.get());
        json.writeNumberField("distinct", distinct.get());
        json.writeNumberField("failures", failures.get());
        json.writeNumberField("seconds", (System.nanoTime() - startNanos) / 1e9);
        json.writeStringField("absent", absent);
        json.writeEndObject();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
