"""Staff pages for accounts."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from companies.models import User

admin.site.register(User, UserAdmin)
