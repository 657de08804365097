package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.config.DurationText;
import dev.workflowsteps.server.config.ExitCode;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** {@code keys rotate}. */
@Command(
    name = "rotate",
    header = "Replace a key; the old one stays valid for a while.",
    customSynopsis = {
      "workflow-steps keys rotate --organization=ORG [--overlap=TIME]",
      "                                  [--expires=TIME] [SETTINGS] KEY_ID"
    },
    description = {
      "%nPrints only the new key on stdout. Give it to everybody who uses the old one before the"
          + " overlap ends.%n"
    },
    footerHeading = "%nExample:%n",
    footer = "  workflow-steps keys rotate --organization acme --overlap 7d 4fG7kQ2z")
final class KeysRotateCommand extends StorageCommand {

  @Mixin private OrganizationOption organization;
  @Mixin private KeyIdParameter old;
  @Mixin private ExpiresOption expires;

  @Option(
      names = "--overlap",
      paramLabel = "TIME",
      defaultValue = "24h",
      converter = DurationConverter.class,
      description = "How long the old key stays valid, like 7d, 12h or 0s. Default: 24h.")
  private Duration overlap;

  KeysRotateCommand(CommandContext context) {
    super(context);
  }

  @Override
  ExitCode run(Storage storage) {
    Instant now = context().clock().instant();
    ApiKey key =
        keyService(storage).rotate(organization.name(), old.keyId(), overlap, expires.at(now));
    data().println(key.text());
    data().flush();
    words()
        .println(
            "key "
                + key.keyId()
                + " replaces "
                + old.keyId()
                + ", which expires "
                + Times.shown(now.plus(overlap))
                + " at the latest. The new key is shown only once; store it safely.");
    return ExitCode.OK;
  }

  /** Reads {@code 24h}. */
  static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      return DurationText.parse(text)
          .orElseThrow(
              () -> new TypeConversionException(text + " (expected: " + DurationText.FORM + ")"));
    }
  }
}
