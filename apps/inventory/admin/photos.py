"""The photo of an item in the back office."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html

from apps.audit.recorded_admin import RecordedAdmin
from apps.core.admin_forms import RefusableForm
from apps.core.admin_site import actor_of
from apps.core.exceptions import NotFound
from apps.core.images import MEDIA, ImageRefused, Picture, read_picture
from apps.inventory.services.photos import open_photo, remove_photo, set_photo


class PhotoForm(RefusableForm):
    """An item, with a photo to be put in the place of its own, or without one."""

    new_photo = forms.FileField(
        required=False,
        help_text="JPEG, PNG or HEIC of at most 25 megapixels, or WebP of 12.5; at most 10 MiB.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/heic"}),
    )
    without_photo = forms.BooleanField(required=False, label="Remove the photo")

    def clean_new_photo(self) -> Picture | None:
        file = self.cleaned_data["new_photo"]
        try:
            return read_picture(file) if file else None
        except ImageRefused as refusal:
            raise forms.ValidationError(str(refusal), code=refusal.code) from None


class PhotoAdmin(RecordedAdmin):
    """Shows the photo on the item's form, and changes it with the rest."""

    pages = {"<uuid:item_id>/photo": "photo_page"}
    readonly_fields = ["photo_shown"]

    @admin.display(description="photo")
    def photo_shown(self, item: Any) -> str:
        if item.photo is None:
            return "–"
        address = reverse(f"admin:{self._route('photo_page')}", args=[item.pk])
        return format_html('<a href="{0}"><img src="{0}?size=thumb" alt="Photo of {1}"></a>', address, item.name)

    def photo_page(self, request: HttpRequest, item_id: UUID) -> HttpResponseBase:
        """The picture itself, to whoever may read the item."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        photo = self.get_queryset(request).filter(pk=item_id).values_list("photo", flat=True).first()
        if photo is None:
            raise Http404("There is no photo of such an item.")
        try:
            file = open_photo(photo, thumbnail=request.GET.get("size") == "thumb")
        except NotFound as refusal:
            raise Http404(refusal.message) from None
        response = FileResponse(file, content_type=MEDIA)
        response["Cache-Control"] = "private, no-store"
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.cleaned_data.get("new_photo"):
            set_photo(obj.pk, form.cleaned_data["new_photo"], actor=actor_of(request))
        elif form.cleaned_data.get("without_photo") and obj.photo is not None:
            remove_photo(obj.pk, actor=actor_of(request))
