"""Services that always answer: a request that cannot be served is refused, never fatal."""

from collections.abc import Callable
from typing import Any

from rcl_interfaces.msg import SetParametersResult
from rcl_interfaces.srv import SetParameters, SetParametersAtomically

from mer_ros.nodes.base.faults import Faults

Answer = Callable[[Any, Any], Any]


def answering(kind: Any, name: str, callback: Answer, faults: Faults) -> Answer:
    """Return the callback of a service of this kind; where it raises, the answer is a refusal.

    A request to set parameters is a refusal for each of them that cannot be set, such as one of
    an unknown type.
    """
    if kind is SetParameters:
        return _one_by_one(callback)
    if kind is SetParametersAtomically:
        return _all_or_none(callback)
    guarded = faults.guard(f'service {name}', callback)

    def answer(request: Any, response: Any) -> Any:
        served = guarded(request, response)
        return kind.Response() if served is None else served

    return answer


def _one_by_one(callback: Answer) -> Answer:
    def answer(request: Any, response: Any) -> Any:
        for parameter in request.parameters:
            try:
                served = callback(SetParameters.Request(parameters=[parameter]),
                                  SetParameters.Response())
                response.results.extend(served.results)
            except Exception as error:
                response.results.append(_refusal(error))
        return response

    return answer


def _all_or_none(callback: Answer) -> Answer:
    def answer(request: Any, response: Any) -> Any:
        try:
            return callback(request, response)
        except Exception as error:
            response.result = _refusal(error)
            return response

    return answer


def _refusal(error: Exception) -> SetParametersResult:
    return SetParametersResult(successful=False, reason=f'{type(error).__name__}: {error}')
