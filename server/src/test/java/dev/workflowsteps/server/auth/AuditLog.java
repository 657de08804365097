package dev.workflowsteps.server.auth;

import static java.util.concurrent.TimeUnit.SECONDS;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.common.util.concurrent.Uninterruptibles;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.slf4j.LoggerFactory;

/** What is written to the audit log from now on. */
public final class AuditLog implements AutoCloseable {

  private static final int MOST_SECONDS = 20;

  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.workflowsteps.audit");
  private final ListAppender<ILoggingEvent> events =
      new ListAppender<>() {
        @Override
        protected void append(ILoggingEvent event) {
          boolean unused = Uninterruptibles.awaitUninterruptibly(free, MOST_SECONDS, SECONDS);
          super.append(event);
        }
      };

  private volatile CountDownLatch free = new CountDownLatch(0);

  public AuditLog() {
    logger.setLevel(Level.INFO);
    events.list = new CopyOnWriteArrayList<>();
    events.start();
    logger.addAppender(events);
  }

  /** Lets whoever writes a line wait until this is counted down. */
  public CountDownLatch block() {
    free = new CountDownLatch(1);
    return free;
  }

  public List<String> lines() {
    return List.copyOf(events.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
  }
}
