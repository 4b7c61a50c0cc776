"""The shape of what a customer says to a quote on their own page."""

from uuid import UUID

from django import forms

from apps.dashboard.forms.fields import PageForm, area, text_input

LINE = "line."  # begins the name of each field that chooses a line


class AnswerForm(PageForm):
    """A name, and below which version it is put. Which lines are chosen stands beside it, one field for each."""

    version = forms.IntegerField(min_value=1, max_value=32_767, widget=forms.HiddenInput)
    answer = forms.ChoiceField(choices=[("approve", "approve"), ("decline", "decline")], widget=forms.HiddenInput)
    name = forms.CharField(label="Your name", max_length=200, widget=text_input(autocomplete="name"))
    reason = forms.CharField(label="If you decline, you may say why", max_length=500, required=False, widget=area(2))

    def clean(self) -> None:
        """Gathers the chosen lines into ``chosen``; a value that is no id at all is none of the page's own."""
        named = [name for name in self.data if name.startswith(LINE)]
        values = [self.data[name] for name in named]
        try:
            self.cleaned_data["chosen"] = [UUID(value) for value in values if value]
        except ValueError:
            raise forms.ValidationError("This form is damaged; open the page again.") from None
