package dev.sluice.api;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;

/** Hands calls their {@link Caller}, {@link Fields} and {@link Query}. */
final class CallArguments implements HandlerMethodArgumentResolver {
  private final Bodies bodies;

  CallArguments(Bodies bodies) {
    this.bodies = bodies;
  }

  @Override
  public boolean supportsParameter(MethodParameter parameter) {
    Class<?> type = parameter.getParameterType();
    return type == Caller.class || type == Fields.class || type == Query.class;
  }

  @Override
  public Object resolveArgument(
      MethodParameter parameter,
      @Nullable ModelAndViewContainer container,
      NativeWebRequest webRequest,
      @Nullable WebDataBinderFactory binderFactory) {
    if (parameter.getParameterType() == Caller.class) {
      return ContractGuard.caller();
    }
    HttpServletRequest request = webRequest.getNativeRequest(HttpServletRequest.class);
    if (request == null) {
      throw new IllegalStateException("calls come by HTTP");
    }
    return parameter.getParameterType() == Fields.class
        ? bodies.fields(request)
        : new Query(request);
  }
}
