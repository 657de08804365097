package dev.workflowsteps.server.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.workflowsteps.server.admission.MemoryBudget;
import dev.workflowsteps.server.admission.MemoryBudget.Charge;
import dev.workflowsteps.server.grpc.UnreadMessageException.Reason;
import io.grpc.KnownLength;
import io.grpc.Status;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageBytesTest {

  private static final int MOST = 16 << 20;

  private final MemoryBudget budget = new MemoryBudget(128 << 20);
  private final Charge charge = budget.charge("acme");

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8191, 8192, 8193, 16_384, 1_000_000, 3 << 20, MOST - 1, MOST})
  void message_isReadWhole_andChargedByItsLength(int length) throws Exception {
    byte[] message = random(length);

    assertThat(Arrays.equals(MessageBytes.read(new Plain(message), charge, MOST), message))
        .isTrue();
    assertThat(charge.held()).isEqualTo(length);

    charge.set(0);
    byte[] inflated = MessageBytes.read(inflating(gzip(message)), charge, MOST);
    assertThat(Arrays.equals(inflated, message)).isTrue();
    assertThat(charge.held()).isEqualTo(length);
  }

  @Test
  void whatWasChargedAsItArrived_isNotChargedTwice() throws Exception {
    MemoryBudget tight = new MemoryBudget(2_000);
    Charge paid = tight.charge("acme");
    paid.grow(1_000);

    assertThat(MessageBytes.read(new Plain(new byte[1_000]), paid, MOST)).hasSize(1_000);
    assertThat(paid.held()).isEqualTo(1_000);
  }

  @Test
  void messageOverTheLimit_isTooLarge() throws Exception {
    assertThat(refusal(new Plain(new byte[MOST + 1]))).isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(inflating(gzip(new byte[MOST + 1])))).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void messageThatGrpcItselfFindsTooLarge_isTooLarge() {
    InputStream in =
        new InputStream() {
          @Override
          public int read() {
            throw Status.RESOURCE_EXHAUSTED.asRuntimeException();
          }
        };

    assertThat(refusal(in)).isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void messageWithoutMemory_isRefused_whileOthersHoldIt() throws Exception {
    Charge other = budget.charge("acme");
    other.grow(budget.organizationLimit());

    assertThat(refusal(new Plain(new byte[1]))).isEqualTo(Reason.NO_MEMORY);
    assertThat(refusal(inflating(gzip(new byte[1])))).isEqualTo(Reason.NO_MEMORY);
    assertThat(charge.held()).isZero();
  }

  @Test
  void messageThatNeverFits_isTooLarge() throws Exception {
    MemoryBudget small = new MemoryBudget(2 << 20);

    assertThat(
            refusal(new Plain(new byte[(int) small.organizationLimit() + 1]), small.charge("acme")))
        .isEqualTo(Reason.TOO_LARGE);
    assertThat(refusal(inflating(gzip(new byte[2 << 20])), small.charge("acme")))
        .isEqualTo(Reason.TOO_LARGE);
  }

  @Test
  void callThatEnded_stopsTheInflating() throws Exception {
    charge.close();

    assertThat(refusal(inflating(gzip(new byte[1 << 20])))).isEqualTo(Reason.NO_MEMORY);
    assertThat(budget.held()).isZero();
  }

  @Test
  void compressionThatIsBroken_isBroken() throws Exception {
    byte[] gzip = gzip(random(100_000));
    byte[] damaged = gzip.clone();
    damaged[50_000] ^= 1;

    assertThat(refusal(inflating(Arrays.copyOf(gzip, 50_000)))).isEqualTo(Reason.BROKEN);
    assertThat(refusal(inflating(damaged))).isEqualTo(Reason.BROKEN);
  }

  @Test
  void stream_isClosed_whateverHappens() throws Exception {
    Plain read = new Plain(new byte[10]);
    Plain refused = new Plain(new byte[MOST + 1]);

    MessageBytes.read(read, charge, MOST);
    refusal(refused);

    assertThat(read.closed).isTrue();
    assertThat(refused.closed).isTrue();
  }

  private Reason refusal(InputStream in) {
    return refusal(in, charge);
  }

  private static Reason refusal(InputStream in, Charge charge) {
    return catchThrowableOfType(
            UnreadMessageException.class, () -> MessageBytes.read(in, charge, MOST))
        .reason();
  }

  private static InputStream inflating(byte[] gzip) throws IOException {
    return new GZIPInputStream(new ByteArrayInputStream(gzip));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(bytes);
    }
    return gzip.toByteArray();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  /** As gRPC hands over a message that came uncompressed. */
  private static final class Plain extends ByteArrayInputStream implements KnownLength {

    private boolean closed;

    Plain(byte[] bytes) {
      super(bytes);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
