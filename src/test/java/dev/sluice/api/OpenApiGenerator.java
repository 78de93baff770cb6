package dev.sluice.api;

import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.examples.Example;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springdoc.core.customizers.OperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

/**
 * Makes the OpenAPI document of the code, with each call's {@link Contract}. Not named as what is
 * found by its name: the service of one test alone has it, and publishes it beside the file.
 */
@TestConfiguration(proxyBeanMethods = false)
class OpenApiGenerator {
  /** Where that service publishes it, for whoever has a token. */
  static final String PATH = "/made/api-docs";

  private static final String BEARER = "bearer";

  /** What every call may refuse. */
  private static final List<ProblemCode> ALWAYS =
      List.of(
          ProblemCode.INVALID_REQUEST,
          ProblemCode.NOT_ACCEPTABLE,
          ProblemCode.INTERNAL,
          ProblemCode.OVERLOADED,
          ProblemCode.UNAVAILABLE);

  private static final List<ProblemCode> WITH_TOKEN =
      List.of(ProblemCode.UNAUTHENTICATED, ProblemCode.FORBIDDEN);

  private static final List<ProblemCode> WITH_BODY =
      List.of(
          ProblemCode.PAYLOAD_TOO_LARGE,
          ProblemCode.UNSUPPORTED_MEDIA_TYPE,
          ProblemCode.REQUEST_TIMEOUT);

  static {
    SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class, Fields.class, Query.class);
  }

  /** The document's frame. */
  @Bean
  OpenAPI sluiceApi() {
    Components components =
        new Components()
            .addSecuritySchemes(
                BEARER,
                new SecurityScheme()
                    .type(SecurityScheme.Type.HTTP)
                    .scheme("bearer")
                    .bearerFormat("JWT")
                    .description(
                        "Scopes: withdrawals (the subject's own orders and beneficiaries),"
                            + " withdrawals:batch (orders of any users, in batches), ledger"
                            + " (accounts, credits and beneficiaries of all users), ops (orders of"
                            + " all users, reviews, webhook endpoints)."));
    return new OpenAPI()
        // Of whoever serves it, by whatever name.
        .servers(List.of(new Server().url("/")))
        .info(
            new Info()
                .title("Sluice")
                .version("v1")
                .description(
                    """
                    The self-hosted withdrawal engine: a user withdraws, the funds are held, a \
                    channel pays, the callback settles, the merchant is told.

                    Amounts in answers are strings with all of the currency's decimals. Errors \
                    are problems (RFC 9457) with a stable `code`. Fields that are not listed are \
                    refused. Each answer carries an X-Request-Id, the caller's own if it sent \
                    one.\
                    """)
                .license(new License().name("Apache-2.0").identifier("Apache-2.0")))
        .components(components);
  }

  /** The settings of a service that publishes it. */
  static String[] settings() {
    return new String[] {
      "--spring.main.sources=" + OpenApiGenerator.class.getName(),
      "--springdoc.api-docs.enabled=true",
      "--springdoc.api-docs.path=" + PATH,
      "--springdoc.packages-to-scan=dev.sluice.api",
      "--springdoc.paths-to-match=/v1/**",
      "--springdoc.override-with-generic-response=false",
      "--springdoc.default-produces-media-type=application/json",
      "--springdoc.show-actuator=false",
      "--springdoc.writer-with-default-pretty-printer=true",
      "--logging.level.org.springdoc=error"
    };
  }

  /** Adds what a problem looks like, and puts in order what has none; calls come sorted. */
  @Bean
  GlobalOpenApiCustomizer problemInOpenApi() {
    return document -> {
      ModelConverters.getInstance()
          .readAll(Problem.class)
          .forEach(document.getComponents()::addSchemas);
      document.getTags().sort(Comparator.comparing(Tag::getName));
    };
  }

  /** Adds to each call who may use it and what it refuses. */
  @Bean
  OperationCustomizer contractsInOpenApi() {
    return (operation, handler) -> {
      Contract contract = handler.getMethod().getAnnotation(Contract.class);
      if (contract != null) {
        describe(operation, contract);
      }
      return operation;
    };
  }

  private static void describe(Operation operation, Contract contract) {
    List<ProblemCode> codes = new ArrayList<>(ALWAYS);
    codes.addAll(Arrays.asList(contract.refuses()));
    if (contract.scopes().length > 0) {
      codes.addAll(WITH_TOKEN);
      String scopes = ContractGuard.names(contract, " or ");
      String said = operation.getDescription() == null ? "" : operation.getDescription() + "\n\n";
      operation.setDescription(said + "Scope: " + scopes + ".");
      for (Scope scope : contract.scopes()) {
        operation.addSecurityItem(new SecurityRequirement().addList(BEARER, scope.claim()));
      }
    }
    if (operation.getRequestBody() != null) {
      codes.addAll(WITH_BODY);
    }
    codes.add(ProblemCode.OUTCOME_UNKNOWN);
    Map<Integer, TreeSet<ProblemCode>> byStatus = new TreeMap<>();
    codes.forEach(
        code -> byStatus.computeIfAbsent(code.status().value(), s -> new TreeSet<>()).add(code));
    byStatus.forEach(
        (status, refusals) ->
            operation.getResponses().addApiResponse(status.toString(), response(refusals)));
  }

  private static ApiResponse response(TreeSet<ProblemCode> codes) {
    MediaType problem =
        new MediaType().schema(new Schema<Problem>().$ref("#/components/schemas/Problem"));
    for (ProblemCode code : codes) {
      problem.addExamples(
          code.name(),
          new Example().value(Problem.of(code, code.title() + ".", List.of(), "4bf92f3577b34da6")));
    }
    return new ApiResponse()
        .description(String.join(", ", codes.stream().map(ProblemCode::name).toList()))
        .content(new Content().addMediaType(ProblemWriter.MEDIA_TYPE, problem));
  }
}
