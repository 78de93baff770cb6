package dev.sluice.api;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What a call of the API asks of its caller and may refuse: enforced, and published as OpenAPI. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@interface Contract {

  /** A token needs any one of these; none at all if it is empty. */
  Scope[] scopes();

  /** What it may refuse beyond what every call may. */
  ProblemCode[] refuses() default {};
}
