package dev.workflowsteps.server.ops;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.workflowsteps.server.config.LogFormat;
import dev.workflowsteps.server.config.LogLevel;

/**
 * How Logback logs until {@link Logging#configure}: warnings to stderr. Without it, it looks for
 * files and, finding none, prints every debug line of every library to stdout, which is for data.
 * Logback finds this class by its entry under META-INF/services.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY)
public final class CalmLogback extends ContextAwareBase implements Configurator {

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logging.configure(context, LogFormat.PLAIN, LogLevel.WARN);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
