package dev.workflowsteps.adapter.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.function.Consumer;

/** What is written to an output, as text. */
final class Json {

  static String of(Consumer<JsonOutput> writing) {
    try (JsonOutput out = new JsonOutput(ByteBufAllocator.DEFAULT, 16)) {
      writing.accept(out);
      ByteBuf taken = out.take();
      try {
        return taken.toString(UTF_8);
      } finally {
        taken.release();
      }
    }
  }

  static String of(MessageWriter writer, byte[] wire) {
    return of(out -> writer.write(wire, out));
  }

  private Json() {}
}
