package dev.workflowsteps.adapter.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.ResponseHeadersBuilder;
import dev.workflowsteps.server.Rule;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GzipTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "x-gzip",
        "GZIP",
        "*",
        "deflate, gzip",
        "br;q=1, gzip ; q=0.001",
        "gzip;q=1.000",
        "identity, *;q=0.5",
        "gzip, *;q=0"
      })
  @Rule("http-compression")
  void whatAcceptsGzip_isTaken(String acceptEncoding) {
    assertThat(Gzip.isAccepted(acceptEncoding)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "identity",
        "gzip;q=0",
        "gzip;q=0.000",
        "x-gzip; q=0.",
        "*;q=0",
        "gzip;q=0, *",
        "br, deflate",
        "gzip;q=2",
        "gzip;q=high",
        "gzipped"
      })
  @Rule("http-compression")
  void whatDoesNot_isNot(String acceptEncoding) {
    assertThat(Gzip.isAccepted(acceptEncoding)).isFalse();
  }

  @Test
  void severalHeaders_areOneList() {
    RequestHeaders request =
        RequestHeaders.builder(HttpMethod.GET, "/")
            .add(HttpHeaderNames.ACCEPT_ENCODING, "br")
            .add(HttpHeaderNames.ACCEPT_ENCODING, "gzip")
            .build();

    assertThat(Gzip.isFor(request, 1_024)).isTrue();
    assertThat(Gzip.isFor(request, 1_023)).isFalse();
    assertThat(Gzip.isFor(RequestHeaders.of(HttpMethod.GET, "/"), 1_024)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "HEAD"})
  void pooledBuffer_isReleased_andItsTextComesBack(String method) throws Exception {
    byte[] text = "workflow ".repeat(1_000).getBytes(UTF_8);
    ByteBuf pooled = PooledByteBufAllocator.DEFAULT.heapBuffer().writeBytes(text);
    RequestHeaders request =
        RequestHeaders.builder(HttpMethod.valueOf(method), "/")
            .set(HttpHeaderNames.ACCEPT_ENCODING, "gzip")
            .build();
    ResponseHeadersBuilder headers = Responses.json(HttpStatus.OK, "id");

    AggregatedHttpResponse answer =
        Gzip.response(request, headers, HttpData.wrap(pooled)).aggregate().join();

    assertThat(pooled.refCnt()).isZero();
    assertThat(answer.headers().get("content-encoding")).isEqualTo("gzip");
    assertThat(answer.headers().get("vary")).isEqualTo("accept-encoding");
    if (method.equals("GET")) {
      assertThat(answer.headers().contentLength()).isEqualTo(answer.content().length());
      try (var in = new GZIPInputStream(new ByteArrayInputStream(answer.content().array()))) {
        assertThat(in.readAllBytes()).isEqualTo(text);
      }
    }
  }
}
