package dev.workflowsteps.server.cli;

import dev.workflowsteps.server.auth.ApiKey;
import dev.workflowsteps.server.auth.KeyService;
import dev.workflowsteps.server.auth.ListedKey;
import dev.workflowsteps.server.auth.RotatedKey;
import dev.workflowsteps.server.auth.Scope;
import dev.workflowsteps.server.auth.StoredKey;
import dev.workflowsteps.server.config.DurationText;
import dev.workflowsteps.server.config.ExitCode;
import dev.workflowsteps.server.config.StartupException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** The commands of {@code keys}. */
abstract class KeysCommand extends OrganizationCommand {

  private static final String EXPIRES_HELP =
      "When the key expires: after a duration like 90d or 12h, or at a time like"
          + " 2027-01-31T00:00:00Z. Default: never.";
  private static final String KEY_ID_HELP =
      "The key's id, 8 characters: keys list shows it, and it follows wfs_ in the key.";

  @Command(
      name = "create",
      header = "Create a key for an organization.",
      customSynopsis = {
        "workflow-steps keys create --organization=ORG [--create-organization]",
        "                                  [--scope=SCOPES] [--expires=TIME]",
        "                                  [--output=FORMAT] [SETTINGS]"
      },
      description = {
        "%nPrints only the key on stdout, or with --output json an object with it. It is shown once"
            + " and can't be recovered.%n"
      },
      footerHeading = "Examples:%n",
      footer = {
        "  workflow-steps keys create --organization acme --create-organization > acme.key",
        "  workflow-steps keys create --organization acme --scope read,write --expires 90d"
      })
  static final class Create extends NewKeyCommand {

    @Option(names = "--create-organization", description = CREATE_ORGANIZATION_HELP)
    private boolean createOrganization;

    private Set<Scope> scopes;

    @Option(
        names = "--scope",
        paramLabel = "SCOPES",
        defaultValue = "read",
        description =
            "What the key allows: read (to list, count and get), write (to record over gRPC), or"
                + " read,write. Default: read.")
    void setScopes(String text) {
      List<Optional<Scope>> given = Stream.of(text.split(",", -1)).map(Scope::of).toList();
      if (!given.stream().allMatch(Optional::isPresent)) {
        throw usage("--scope: " + text + " (expected: read, write, or read,write)");
      }
      scopes = given.stream().map(Optional::get).collect(Collectors.toUnmodifiableSet());
    }

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        converter = Expiry.class,
        description = EXPIRES_HELP)
    private UnaryOperator<Instant> expires;

    @Override
    ExitCode run(Storage storage) {
      KeyService service = keyService(storage);
      Optional<Instant> end = Optional.ofNullable(expires).map(e -> e.apply(now()));
      service.requireFuture(end);
      ensureOrganization(service, createOrganization);
      ApiKey key = service.create(organization(), scopes, end);
      print(key, json(key, scopes, end), "");
      words()
          .println(
              "key "
                  + key.keyId()
                  + " of organization "
                  + organization()
                  + ", scope "
                  + Scope.list(scopes)
                  + ", "
                  + end.map(e -> "valid until " + shown(e)).orElse("never expires")
                  + ". It is shown only once; store it safely.");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "list",
      header = "List the keys of an organization, the oldest first.",
      customSynopsis = "workflow-steps keys list --organization=ORG [--output=FORMAT] [SETTINGS]",
      description = {
        "%nPrints a line for each key: its id, when it was created, when it expires, what it allows,"
            + " on which day (in UTC) it was last used, and whether it is valid, expired or revoked. A"
            + " use is shown within a minute; - means that none is known. The keys themselves are not"
            + " stored.%n"
      },
      footerHeading = "Examples:%n",
      footer = {
        "  workflow-steps keys list --organization acme",
        "  workflow-steps keys list --organization acme --output json | jq -r .id"
      })
  static final class ListKeys extends KeysCommand {

    @Mixin private OutputOption output;

    @Override
    ExitCode run(Storage storage) {
      List<ListedKey> keys = keyService(storage).list(organization());
      Instant now = now();
      if (output.isJson()) {
        keys.forEach(listed -> data().println(json(listed, now)));
      } else {
        print(keys, now);
      }
      return ExitCode.OK;
    }

    private static JsonRow json(ListedKey listed, Instant now) {
      StoredKey key = listed.key();
      return new JsonRow()
          .add("id", key.keyId())
          .add("created_at", shown(key.createdAt()))
          .add("expires_at", key.expiresAt().map(KeysCommand::shown))
          .add("scope", scopeWords(key.scopes()))
          .add("last_used", listed.lastUsed().map(LocalDate::toString))
          .add("state", key.state(now).word());
    }

    private void print(List<ListedKey> keys, Instant now) {
      printRow("ID", "CREATED", "EXPIRES", "SCOPE", "LAST USED", "STATE");
      for (ListedKey listed : keys) {
        StoredKey key = listed.key();
        printRow(
            key.keyId(),
            shown(key.createdAt()),
            key.expiresAt().map(KeysCommand::shown).orElse("never"),
            Scope.list(key.scopes()),
            listed.lastUsed().map(LocalDate::toString).orElse("-"),
            key.state(now).word());
      }
    }

    private void printRow(Object... cells) {
      data().printf("%-8s  %-20s  %-20s  %-10s  %-10s  %s%n", cells);
    }
  }

  @Command(
      name = "rotate",
      header = "Replace a key; the old one stays valid for a while.",
      customSynopsis = {
        "workflow-steps keys rotate --organization=ORG [--overlap=TIME]",
        "                                  [--expires=TIME] [--output=FORMAT] [SETTINGS] KEY_ID"
      },
      description = {
        "%nPrints only the new key on stdout, or with --output json an object with it. It allows what"
            + " the old one does. Give it to everybody who uses the old one before the overlap"
            + " ends.%n"
      },
      footerHeading = "Example:%n",
      footer = "  workflow-steps keys rotate --organization acme --overlap 7d 4fG7kQ2z")
  static final class Rotate extends NewKeyCommand {

    @Parameters(index = "0", paramLabel = "KEY_ID", description = KEY_ID_HELP)
    private String keyId;

    @Option(
        names = "--expires",
        paramLabel = "TIME",
        converter = Expiry.class,
        description = EXPIRES_HELP)
    private UnaryOperator<Instant> expires;

    @Option(
        names = "--overlap",
        paramLabel = "TIME",
        defaultValue = "24h",
        converter = DurationConverter.class,
        description = "How long the old key stays valid, like 7d, 12h or 0s. Default: 24h.")
    private Duration overlap;

    @Override
    void checkArguments() {
      requireKeyId(keyId);
    }

    @Override
    ExitCode run(Storage storage) {
      Optional<Instant> end = Optional.ofNullable(expires).map(e -> e.apply(now()));
      RotatedKey rotated = keyService(storage).rotate(organization(), keyId, overlap, end);
      ApiKey key = rotated.key();
      print(
          key,
          json(key, rotated.scopes(), end)
              .add("replaces", keyId)
              .add("replaced_expires_at", shown(rotated.oldExpiresAt())),
          ". The replaced key %s expires at %s".formatted(keyId, shown(rotated.oldExpiresAt())));
      words()
          .println(
              "key "
                  + key.keyId()
                  + " replaces "
                  + keyId
                  + ", which expires "
                  + shown(rotated.oldExpiresAt())
                  + ". The new key is shown only once; store it safely.");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "revoke",
      header = "Revoke a key; all servers reject it within a second.",
      customSynopsis = "workflow-steps keys revoke --organization=ORG [SETTINGS] KEY_ID",
      description = "%nThis can't be undone. Revoking a key again changes nothing.%n",
      footerHeading = "Example:%n",
      footer = "  workflow-steps keys revoke --organization acme 4fG7kQ2z")
  static final class Revoke extends KeysCommand {

    @Parameters(index = "0", paramLabel = "KEY_ID", description = KEY_ID_HELP)
    private String keyId;

    @Override
    void checkArguments() {
      requireKeyId(keyId);
    }

    @Override
    ExitCode run(Storage storage) {
      keyService(storage).revoke(organization(), keyId);
      words().println("key " + keyId + " of organization " + organization() + " revoked");
      return ExitCode.OK;
    }
  }

  /** A command that makes a key, which is nowhere but on stdout. */
  abstract static class NewKeyCommand extends KeysCommand {

    @Mixin private OutputOption output;

    final JsonRow json(ApiKey key, Set<Scope> scopes, Optional<Instant> expiresAt) {
      return new JsonRow()
          .add("key", key.text())
          .add("id", key.keyId())
          .add("organization", organization())
          .add("scope", scopeWords(scopes))
          .add("expires_at", expiresAt.map(KeysCommand::shown));
    }

    /**
     * Prints it in the format that was asked for.
     *
     * @param also what else a failure has to say
     * @throws StartupException if stdout took nothing: then nobody has the key
     */
    final void print(ApiKey key, JsonRow json, String also) {
      data().println(output.isJson() ? json : key.text());
      if (data().checkError()) {
        throw new StartupException(
            ExitCode.FAILURE,
            "key %s was created, but stdout can't be written, so nobody has it; revoke it with keys"
                    .formatted(key.keyId())
                + " revoke, and try again"
                + also);
      }
    }
  }

  /** Reads an instant, or a duration that begins when the command runs. */
  static final class Expiry implements ITypeConverter<UnaryOperator<Instant>> {
    @Override
    public UnaryOperator<Instant> convert(String text) {
      return DurationText.parse(text)
          .<UnaryOperator<Instant>>map(duration -> now -> now.plus(duration))
          .orElseGet(() -> instant(text));
    }

    private static UnaryOperator<Instant> instant(String text) {
      try {
        Instant instant = OffsetDateTime.parse(text).toInstant();
        return now -> instant;
      } catch (DateTimeException notAnInstant) {
        throw new TypeConversionException(
            text + " (expected: " + DurationText.FORM + ", or a time as in RFC 3339)");
      }
    }
  }

  /** The text is not printed: it may be a whole key. */
  final void requireKeyId(String text) {
    if (!ApiKey.isKeyId(text)) {
      throw usage(
          "KEY_ID: " + text.length() + " characters (expected: the 8 that keys list shows)");
    }
  }

  private static List<String> scopeWords(Set<Scope> scopes) {
    return scopes.stream().sorted().map(Scope::word).toList();
  }

  final Instant now() {
    return context().clock().instant();
  }

  private static String shown(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
