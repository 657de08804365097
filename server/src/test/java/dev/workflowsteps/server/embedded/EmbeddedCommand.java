package dev.workflowsteps.server.embedded;

import dev.workflowsteps.server.config.StartupException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * The smallest command around an embedded PostgreSQL, for tests that need a process of its own.
 * Says {@code ready URL} on its output and runs until SIGTERM; a failed start is told and exited as
 * the product's commands do.
 *
 * <p>Arguments: {@code serve} or the name of a command that attaches, then {@code --data-dir DIR},
 * or nothing for the default directory.
 */
public final class EmbeddedCommand {

  private EmbeddedCommand() {}

  public static void main(String[] args) throws InterruptedException {
    try {
      run(List.of(args));
    } catch (StartupException e) {
      System.err.println(e.getMessage());
      System.exit(e.exitCode().code());
    }
  }

  private static void run(List<String> args) throws InterruptedException {
    DataDirectory directory = new DataDirectory(base(args, System.getenv()), "main");
    EmbeddedPostgres server =
        args.get(0).equals("serve")
            ? EmbeddedPostgres.start(directory, "serve", System.err::println)
            : EmbeddedPostgres.attachOrStart(directory, args.get(0), System.err::println);
    Runtime.getRuntime().addShutdownHook(new Thread(server::close));
    if (args.get(0).equals("serve")) {
      server.share();
    }
    System.out.printf(
        "ready %s %s in %d ms%n",
        TestPostgres.url(server), server.created() ? "new" : "existing", server.took().toMillis());
    new CountDownLatch(1).await();
  }

  private static Path base(List<String> args, Map<String, String> environment) {
    int option = args.indexOf("--data-dir");
    return option >= 0
        ? Path.of(args.get(option + 1))
        : DataDirectory.defaultBase(environment, EmbeddedPostgres.runsAsRoot());
  }
}
