package dev.workflowsteps.server.auth;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.slf4j.LoggerFactory;

/** What is written to the audit log from now on. */
public final class AuditLog implements AutoCloseable {

  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.workflowsteps.audit");
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  public AuditLog() {
    logger.setLevel(Level.INFO);
    events.start();
    logger.addAppender(events);
  }

  public List<String> lines() {
    return List.copyOf(events.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  public void close() {
    logger.detachAppender(events);
  }
}
