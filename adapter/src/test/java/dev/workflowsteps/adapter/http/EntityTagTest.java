package dev.workflowsteps.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import dev.workflowsteps.server.Allocations;
import dev.workflowsteps.server.Rule;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EntityTagTest {

  private static final EntityTag TAG = new EntityTag("\"a,b\"");

  private static final int BODY_BYTES = 1_500_000;
  private static final int BODIES = 50;
  private static final long MAX_BYTES_PER_BODY = 1_024;

  /** Callers keep tags for longer than a version is in use. */
  @Test
  @Rule("http-etag")
  void tagOfABody_isTheSameInEveryVersion() {
    assertThat(tag("{\"data\":[]}").value()).isEqualTo("W/\"094b42132ac9208185da1006b3cb8af5\"");
  }

  @Test
  @Rule("http-etag")
  void oneBitOfABody_makesAnotherTag() {
    byte[] body = "workflow ".repeat(20).getBytes(UTF_8);
    Set<EntityTag> tags = new HashSet<>();
    for (int bit = 0; bit < body.length * 8; bit++) {
      byte[] changed = body.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      tags.add(EntityTag.of(ByteBuffer.wrap(changed)));
    }
    tags.add(EntityTag.of(ByteBuffer.wrap(body)));
    tags.add(EntityTag.of(ByteBuffer.wrap(Arrays.copyOf(body, body.length + 1))));

    assertThat(tags).hasSize(body.length * 8 + 2);
  }

  /** A buffer is often a piece of a larger one. */
  @Test
  void tag_isOfThePieceThatABufferShows() {
    byte[] larger = "xx{\"data\":[]}yyyy".getBytes(UTF_8);

    assertThat(EntityTag.of(ByteBuffer.wrap(larger, 2, 11))).isEqualTo(tag("{\"data\":[]}"));
  }

  @Test
  void tagOfALargeBody_isMadeWithoutACopy() throws Exception {
    byte[] body = new byte[BODY_BYTES];

    long allocated = Allocations.of(Executors.callable(() -> tags(body)));

    assertThat(allocated / BODIES).isLessThan(MAX_BYTES_PER_BODY);
  }

  private static void tags(byte[] body) {
    for (int i = 0; i < BODIES; i++) {
      EntityTag.of(ByteBuffer.wrap(body));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        " * ",
        "W/\"a,b\"",
        "\"a,b\"",
        "  \"a,b\"\t",
        "\"x\", \"a,b\"",
        "\"x\",W/\"a,b\",\"y\"",
        "\"\",\"a,b\"",
        ", ,\t,W/\"a,b\" , ,",
        "\"W/\", \"back\\slash\", \"!#$%&'()*+-./:;<=>?@[]^_`{|}~\", \"\u0080\u00e9\u00ff\", W/\"a,b\"",
      })
  @Rule("http-etag")
  void fieldThatNamesTheTag_isACallerWhoHasIt(String field) {
    assertThat(TAG.isHeldBy(ifNoneMatch(field))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ",",
        "\"\"",
        "\"a\"",
        "\"a\",\"b\"",
        "\"A,B\"",
        "\"a, b\"",
        "W/\"a,bb\"",
        "\"*\"",
        "W/\"*\""
      })
  @Rule("http-etag")
  void otherTags_areNot(String field) {
    assertThat(TAG.isHeldBy(ifNoneMatch(field))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,b",
        "W/a,b",
        "'a,b'",
        "w/\"a,b\"",
        "W/ \"a,b\"",
        "W\"a,b\"",
        "/\"a,b\"",
        "\"a,b",
        "a,b\"",
        "\"\"a,b\"\"",
        "\"a,b\"x",
        "\"a,b\" \"x\"",
        "\"a,b\";q=1",
        "\"a,b\", x",
        "x, \"a,b\"",
        "\"a,b\", \"x y\"",
        "\"a,b\", \"x\u007f\"",
        "\"a,b\", *",
        "*, \"a,b\"",
        "*, *",
        "**",
        "W/*",
        "\"a,b\", \"\u0100\""
      })
  @Rule("http-etag")
  void fieldThatBreaksTheGrammar_isIgnored(String field) {
    assertThat(TAG.isHeldBy(ifNoneMatch(field))).isFalse();
  }

  @Test
  @Rule("http-etag")
  void severalLines_areOneList() {
    assertThat(TAG.isHeldBy(ifNoneMatch("\"x\"", "W/\"a,b\""))).isTrue();
    assertThat(TAG.isHeldBy(ifNoneMatch("\"a,b\"", "\"x\""))).isTrue();
    assertThat(TAG.isHeldBy(ifNoneMatch("\"x\"", "\"y\""))).isFalse();
    assertThat(TAG.isHeldBy(ifNoneMatch("\"a,b\"", "x"))).isFalse();
    assertThat(TAG.isHeldBy(ifNoneMatch("\"a", "b\""))).isTrue();
    assertThat(TAG.isHeldBy(ifNoneMatch("*", "*"))).isFalse();
  }

  @Test
  void noField_isNone() {
    assertThat(TAG.isHeldBy(RequestHeaders.of(HttpMethod.GET, "/"))).isFalse();
  }

  /** As long as headers may be, and longer: neither the stack nor the time grows beyond it. */
  @Test
  void longFields_areReadToTheirEnd() {
    assertThat(TAG.isHeldBy(ifNoneMatch("\"x\",".repeat(100_000) + "\"a,b\""))).isTrue();
    assertThat(TAG.isHeldBy(ifNoneMatch("W/\"" + "x".repeat(500_000) + "\",\"a,b\""))).isTrue();
    assertThat(TAG.isHeldBy(ifNoneMatch(" ,".repeat(200_000) + "W/\"a,b\""))).isTrue();
    assertThat(TAG.isHeldBy(ifNoneMatch("\"" + "x".repeat(500_000)))).isFalse();
    assertThat(TAG.isHeldBy(ifNoneMatch(" ".repeat(500_000) + "x"))).isFalse();
  }

  private static EntityTag tag(String body) {
    return EntityTag.of(ByteBuffer.wrap(body.getBytes(UTF_8)));
  }

  private static RequestHeaders ifNoneMatch(String... lines) {
    return RequestHeaders.builder(HttpMethod.GET, "/")
        .add(HttpHeaderNames.IF_NONE_MATCH, Arrays.asList(lines))
        .build();
  }
}
