"""The addresses of an entity: those of a trust anchor, or those of a provider under the path it lives at."""

from django.conf import settings
from django.contrib import admin
from django.urls import path
from spid_cie_oidc.entity import urls as entity
from spid_cie_oidc.entity import views
from spid_cie_oidc.provider import urls as provider

# Pages of the package ask for the address of this one.
urlpatterns = [path("admin/", admin.site.urls), *entity.urlpatterns, *provider.urlpatterns]

if settings.ENTITY_IS_ANCHOR:
    from spid_cie_oidc.authority import urls as authority
    from spid_cie_oidc.onboarding import urls as onboarding
    from spid_cie_oidc.relying_party import urls as relying_party

    urlpatterns += [*authority.urlpatterns, *onboarding.urlpatterns, *relying_party.urlpatterns]
else:
    urlpatterns += [
        path("oidc/op/.well-known/openid-federation", views.entity_configuration),
        path("oidc/op/resolve", views.resolve_entity_statement),
    ]
