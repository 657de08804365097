package dev.workflowsteps.adapter.hostile;

import static dev.workflowsteps.adapter.hostile.Experiments.report;
import static org.assertj.core.api.Assertions.assertThat;

import dev.workflowsteps.server.TestCa;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.pkitesting.X509Bundle;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The certificate of both ports is replaced under load, in the ways in which files are: over
 * connections that live on, and over new ones. None of the callers tries again.
 */
class CertificateExperiment {

  private static final int CHANGES = Integer.getInteger("wfs.test.hostile.certificates", 20);

  private static final int RATE = 60;

  /** Longer than the server takes to see a change. */
  private static final int SECONDS_OF_A_CHANGE = 3;

  private static final int MILLIS_BETWEEN_CONNECTIONS = 50;
  private static final int HANGS_MILLIS = 10_000;

  private static final TestCa CA = new TestCa();

  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Set<BigInteger> shown = ConcurrentHashMap.newKeySet();
  private int connections;
  private volatile boolean over;

  @Test
  void changesOfTheCertificate_failNoRequest(@TempDir Path folder) throws Exception {
    String experiment = CHANGES + " changes of the certificate";
    Path ca = Files.writeString(folder.resolve("ca.crt"), CA.pem());
    Map<String, String> tls = TestCa.settings(folder, CA.sign("server-0.test"));
    int seconds = 2 + CHANGES * SECONDS_OF_A_CHANGE;
    List<Load> loads = new ArrayList<>();
    try (Data data = new Data();
        Server server =
            Server.startQuickly(
                data,
                "--request-timeout=30s",
                "--tls-certificate=" + tls.get("tls-certificate"),
                "--tls-key=" + tls.get("tls-key"))) {
      String key = data.organization("acme", 20, 500);
      for (String protocol : List.of("http1", "http2", "grpc")) {
        loads.add(Load.over(protocol, key, server).trusting(ca).rate(RATE).seconds(seconds));
      }
      for (Load load : loads) {
        load.warmUp();
      }
      for (Load load : loads) {
        load.start();
      }
      try (SSLSocket lives = connect(server)) {
        assertThat(get(lives)).startsWith("HTTP/1.1 ");
        Thread connects = new Thread(() -> connectOverAndOver(server, ca));
        connects.start();
        for (int change = 1; change <= CHANGES; change++) {
          replace(folder, CA.sign("server-" + change + ".test"), change);
          TimeUnit.SECONDS.sleep(SECONDS_OF_A_CHANGE);
          assertThat(get(lives)).startsWith("HTTP/1.1 ");
        }
        over = true;
        connects.join();
      }
      int requests = 0;
      for (Load load : loads) {
        Answers answers = load.answers();
        report(experiment, answers.toString());
        requests += answers.sent().size();
        assertThat(answers.only(one -> !one.isOk()).outcomes()).isEmpty();
      }
      report(
          experiment,
          "%d requests over old connections and %d over new ones, %d failed; %d certificates were shown"
              .formatted(requests, connections, failures.size(), shown.size()));
      assertThat(failures).isEmpty();
      assertThat(shown).hasSize(CHANGES + 1);
      assertThat(server.words()).noneMatch(line -> line.contains(" WARN "));
    } finally {
      loads.forEach(Load::close);
    }
  }

  /** Key and certificate one after the other, in either order, or by a rename of each. */
  private static void replace(Path folder, X509Bundle next, int change)
      throws IOException, InterruptedException {
    Path certificate = folder.resolve("tls.crt");
    Path key = folder.resolve("tls.key");
    if (change % 3 == 0) {
      Path ready = Files.createDirectory(folder.resolve("next-" + change));
      Map<String, String> unused = TestCa.settings(ready, next);
      for (String file : List.of("tls.crt", "tls.key")) {
        Files.move(
            ready.resolve(file),
            folder.resolve(file),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
      return;
    }
    if (change % 3 == 1) {
      Files.writeString(certificate, next.getCertificatePathPEM());
      TimeUnit.MILLISECONDS.sleep(200);
    }
    Files.writeString(key, next.getPrivateKeyPEM());
    Files.writeString(certificate, next.getCertificatePathPEM());
  }

  private void connectOverAndOver(Server server, Path ca) {
    while (!over) {
      try (SSLSocket socket = connect(server)) {
        connections++;
        String answer = get(socket);
        if (!answer.startsWith("HTTP/1.1 ")) {
          failures.add("REST: " + answer);
        }
        askGrpc(server, ca);
        TimeUnit.MILLISECONDS.sleep(MILLIS_BETWEEN_CONNECTIONS);
      } catch (IOException | RuntimeException | InterruptedException e) {
        failures.add(e.toString());
      }
    }
  }

  private SSLSocket connect(Server server) throws IOException {
    String[] place = server.rest().split(":");
    SSLSocket socket =
        (SSLSocket)
            CA.trusting().getSocketFactory().createSocket(place[0], Integer.parseInt(place[1]));
    socket.setSoTimeout(HANGS_MILLIS);
    socket.startHandshake();
    Stream.of(socket.getSession().getPeerCertificates())
        .limit(1)
        .forEach(certificate -> shown.add(((X509Certificate) certificate).getSerialNumber()));
    return socket;
  }

  /** The head of the answer. */
  private static String get(SSLSocket socket) throws IOException {
    socket
        .getOutputStream()
        .write(
            "HEAD /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      if (next < 0) {
        return "closed: " + head;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void askGrpc(Server server, Path ca) {
    ManagedChannel channel =
        NettyChannelBuilder.forTarget(server.grpc())
            .sslContext(GrpcSender.trusting(ca.toString()))
            .build();
    try {
      var unused =
          HealthGrpc.newBlockingStub(channel)
              .withDeadlineAfter(HANGS_MILLIS, TimeUnit.MILLISECONDS)
              .check(HealthCheckRequest.getDefaultInstance());
    } finally {
      channel.shutdownNow();
    }
  }
}
